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
import java.util.Optional;
import org.locallearning.djl.creditassignment.tape.Layer;

/**
 * The gradient that a rule gave one weighted layer for one batch, next to backpropagation's. All
 * arrays have the shape of the layer's weight.
 *
 * @param layer the layer
 * @param gradient the rule's gradient of the weight; the sum over its steps if it takes several per
 *     batch
 * @param reference backpropagation's gradient of the weight, for the same batch, weights and
 *     dropout masks
 * @param weight the weight
 * @param feedback the weights by which the error passed the layer, if there are any
 */
public record LayerCredit(
        Layer layer,
        NDArray gradient,
        NDArray reference,
        NDArray weight,
        Optional<NDArray> feedback) {}
