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
package org.locallearning.djl.examples.hostile;

import java.io.IOException;
import java.nio.file.Path;

/** One kind of thing that may happen to the program. */
interface Trials {

    /** Returns what they are called on the command line and in the table. */
    String kind();

    /**
     * Tries all of them.
     *
     * @param folder an empty folder to work in
     * @param tally counts them
     */
    void run(Path folder, Tally tally) throws IOException, InterruptedException;
}
