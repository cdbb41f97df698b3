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
package org.locallearning.djl.decorrelation;

import ai.djl.nn.Block;

/**
 * A block that replaces one of DJL's with its own forward code, with decorrelation layers among its
 * children.
 */
interface DecorrelatedComposite extends Block {

    /**
     * Returns DJL's block with the function that this one has in evaluation.
     *
     * @param folding what folds the children
     * @param path the path of this block
     * @return the block, initialized
     */
    Block fold(Folding folding, String path);
}
