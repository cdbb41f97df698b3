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
 * What a rule made of one batch at one weighted layer, next to what backpropagation makes of it.
 * All arrays have the shape of the layer's weight.
 *
 * @param layer the layer
 * @param gradient the rule's gradient of the weight; the sum of those that it stepped by, where it
 *     takes several steps in a batch
 * @param reference backpropagation's gradient of the weight, for the same batch, the same weights
 *     and the same dropout masks
 * @param weight the weight
 * @param feedback the weights by which the error passed the layer, if it has such
 */
public record LayerCredit(
        Layer layer,
        NDArray gradient,
        NDArray reference,
        NDArray weight,
        Optional<NDArray> feedback) {}
