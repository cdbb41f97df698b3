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
package org.locallearning.djl.creditassignment.rule;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** Batch normalization along axis 1, without the gradients through mean and variance. */
final class DetachedBatchNorm extends AbstractBlock {

    private final Parameter gamma = add("gamma", Parameter.Type.GAMMA);
    private final Parameter beta = add("beta", Parameter.Type.BETA);

    private Parameter add(String name, Parameter.Type type) {
        return addParameter(Parameter.builder().setName(name).setType(type).build());
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDArray x = inputs.head();
        Shape shape = x.getShape();
        NDArray rows = x.reshape(shape.get(0), shape.get(1), -1).transpose(0, 2, 1);
        NDArray flat = rows.reshape(-1, shape.get(1));
        NDArray mean = flat.stopGradient().mean(new int[] {0});
        NDArray deviation =
                flat.stopGradient().sub(mean).square().mean(new int[] {0}).add(1e-5).sqrt();
        NDArray normal = flat.sub(mean).div(deviation);
        NDArray scaled =
                normal.mul(store.getValue(gamma, x.getDevice(), training))
                        .add(store.getValue(beta, x.getDevice(), training));
        return new NDList(scaled.reshape(rows.getShape()).transpose(0, 2, 1).reshape(shape));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }

    @Override
    public void prepare(Shape[] inputShapes) {
        gamma.setShape(new Shape(inputShapes[0].get(1)));
        beta.setShape(new Shape(inputShapes[0].get(1)));
    }
}
