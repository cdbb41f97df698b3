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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** Somebody's own block: one factor per feature. */
public final class UnknownBlock extends AbstractBlock {

    private final Parameter factors;

    public UnknownBlock() {
        factors =
                addParameter(
                        Parameter.builder()
                                .setName("factors")
                                .setType(Parameter.Type.WEIGHT)
                                .optInitializer((manager, shape, type) -> manager.ones(shape, type))
                                .build());
    }

    @Override
    protected void prepare(Shape[] inputShapes) {
        factors.setShape(inputShapes[0].slice(1));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> parameters) {
        NDArray input = inputs.singletonOrThrow();
        return new NDList(input.mul(store.getValue(factors, input.getDevice(), training)));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
