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
package org.locallearning.djl.zoo.network;

import org.locallearning.djl.zoo.network.Architecture.Choices;

/**
 * The networks of Lillicrap, Cownden, Tweed and Akerman, "Random synaptic feedback weights support
 * error backpropagation for deep learning" (2016). Its fully connected ones are {@link
 * Networks#PERCEPTRON} with tanh.
 */
public final class LillicrapNetworks {

    /**
     * 6 filters of 6x6 receptive fields without shared weights, and two hidden layers of 1500
     * units, with tanh (supplementary note 5).
     */
    public static final Architecture LOCAL =
            Architecture.convolutional(
                    "lillicrap-local",
                    "6 filters of local 6x6 receptive fields without shared weights, two hidden"
                            + " layers of 1500 with tanh, of Lillicrap et al. 2016",
                    6,
                    Choices.LAYERS,
                    ConvolutionalNetworks.local(6, 6, 1500, 1500));

    /**
     * 8 filters of 10x10 receptive fields without shared weights, and three hidden layers of 3000
     * units, with tanh (supplementary note 6, for house numbers in grey).
     */
    public static final Architecture LOCAL_WIDE =
            Architecture.convolutional(
                    "lillicrap-local-wide",
                    "8 filters of local 10x10 receptive fields without shared weights, three hidden"
                            + " layers of 3000 with tanh, of Lillicrap et al. 2016",
                    10,
                    Choices.LAYERS,
                    ConvolutionalNetworks.local(8, 10, 3000, 3000, 3000));

    private LillicrapNetworks() {}
}
