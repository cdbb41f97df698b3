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
package org.locallearning.djl.examples.training;

import java.io.IOException;

/** Thrown where the checkpoints of a run are damaged, or of another program or other settings. */
public final class CheckpointRefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    CheckpointRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
