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
package org.locallearning.djl.creditassignment;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.List;

/** What most users write: a block that calls its children in code, here one after the other. */
public final class HandWritten extends AbstractBlock {

    private final List<Block> calls;

    /** A block of children that are called in their order; a child may be called several times. */
    public HandWritten(Block... calls) {
        this.calls = List.of(calls);
        this.calls.stream()
                .distinct()
                .forEach(call -> addChildBlock(call.getClass().getSimpleName(), call));
    }

    /** Returns the children as they are called. */
    public List<Block> calls() {
        return calls;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> parameters) {
        NDList current = inputs;
        for (Block call : calls) {
            current = call.forward(store, current, training, parameters);
        }
        return current;
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape[] shapes = inputShapes;
        for (Block call : calls) {
            shapes = call.getOutputShapes(shapes);
        }
        return shapes;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        Shape[] shapes = inputShapes;
        for (Block call : calls) {
            if (!call.isInitialized()) {
                call.initialize(manager, type, shapes);
            }
            shapes = call.getOutputShapes(shapes);
        }
    }
}
