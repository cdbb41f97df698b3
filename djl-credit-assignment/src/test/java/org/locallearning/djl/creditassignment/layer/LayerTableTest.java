/*
 * Copyright 2026 the DJL Local Learning authors
 *
 * Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file
 * except in compliance with the License. You may obtain a copy of the License at
 *
 *     http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software distributed under the
 * License is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND,
 * either express or implied. See the License for the specific language governing permissions
 * and limitations under the License.
 */
package org.locallearning.djl.creditassignment.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.GhostBatchNorm;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.tape.Network;

class LayerTableTest {

    /** Splits the batch in another way, and leaves the rest to DJL's. */
    private static final class OwnParts extends GhostBatchNorm {

        OwnParts() {
            super(GhostBatchNorm.builder());
        }

        @Override
        protected NDList[] split(NDList list) {
            return new NDList[] {list};
        }
    }

    private static final class OwnLinear extends Linear {

        OwnLinear() {
            super(Linear.builder().setUnits(3));
        }
    }

    /** Is another function than the one that it was made of. */
    private static final class Twice extends LambdaBlock {

        Twice() {
            super(list -> list);
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> parameters) {
            return new NDList(inputs.head().mul(2));
        }
    }

    @Test
    void aSubclassWithoutAForwardOfItsOwnIsTheExactBlock() {
        LayerTable table = LayerTable.standard();
        assertTrue(table.knows(new OwnParts()));
        assertTrue(table.knows(new LambdaBlock(list -> list) {}));
        assertFalse(table.knows(new Twice()));
        assertFalse(table.knows(new OwnLinear()));
        assertTrue(table.mathsOf(new OwnLinear()).isEmpty());
    }

    @Test
    void itRunsAgainAsTheExactBlockDoes() {
        BlockRerun<Block> ofAll = (block, store, first, inputs) -> inputs;
        BlockRerun<Block> own = (block, store, first, inputs) -> new NDList();
        LayerTable table = LayerTable.standard().withRerun(GhostBatchNorm.class, ofAll);
        assertTrue(LayerTable.standard().rerunOf(new OwnParts()).isEmpty());
        assertSame(ofAll, table.rerunOf(new OwnParts()).orElseThrow());
        LayerTable both = table.withRerun(OwnParts.class, own);
        assertSame(own, both.rerunOf(new OwnParts()).orElseThrow());
        assertTrue(both.knows(new OwnParts()));
    }

    /** A block that is not known would be a stage of its own. */
    @Test
    void itHasNoStageOfItsOwn() {
        SequentialBlock block =
                new SequentialBlock()
                        .add(new OwnParts())
                        .add(NetworkCase.linear(4))
                        .add(Activation.reluBlock())
                        .add(new OwnParts())
                        .add(NetworkCase.linear(3));
        Network network = Network.of(block, LayerTable.standard());
        assertEquals(2, network.getOutline().size());
        assertEquals(
                List.of(),
                network.getMembers().stream()
                        .filter(member -> member.role() == Network.Role.OPAQUE)
                        .toList());
    }
}
