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
package org.locallearning.djl.creditassignment.tape;

import ai.djl.nn.Block;
import org.locallearning.djl.decorrelation.internal.BlockKinds;

/** Which containers a tape walks into: the same as the converter to decorrelated models. */
final class BlockAccess {

    private BlockAccess() {}

    /** Returns whether a block runs its children one after another and does nothing else. */
    static boolean isSequential(Block block) {
        return BlockKinds.isSequential(block);
    }

    /** Returns whether a block runs its children side by side and combines them, and no more. */
    static boolean isParallel(Block block) {
        return BlockKinds.isParallel(block);
    }
}
