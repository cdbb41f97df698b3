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
package org.locallearning.djl.examples.djlprograms;

import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.core.Linear;

/** Six heads on one convolutional trunk, a prediction and a loss of its own for each. */
final class CaptchaHeads extends Captcha {

    @Override
    public String title() {
        return "captcha, six heads";
    }

    @Override
    Block block() {
        ParallelBlock heads =
                new ParallelBlock(
                        outputs -> {
                            NDList digits = new NDList(DIGITS);
                            outputs.forEach(digits::addAll);
                            return digits;
                        });
        for (int i = 0; i < DIGITS; i++) {
            heads.add(Linear.builder().setUnits(OPTIONS).build());
        }
        return trunk().add(heads);
    }
}
