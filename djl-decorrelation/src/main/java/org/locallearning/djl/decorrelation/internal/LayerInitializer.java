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
package org.locallearning.djl.decorrelation.internal;

import ai.djl.nn.Block;
import ai.djl.training.initializer.Initializer;

/**
 * An initializer of one parameter that looks at others of the same layer, such as that of a bias at
 * the weight. A layer that replaces another one takes over the initializer, since the replaced
 * layer never gets its shapes.
 */
public interface LayerInitializer extends Initializer {

    /**
     * Returns this initializer for a parameter of another layer.
     *
     * @param layer the layer, with parameters of the same types
     * @return the initializer
     */
    Initializer forLayer(Block layer);
}
