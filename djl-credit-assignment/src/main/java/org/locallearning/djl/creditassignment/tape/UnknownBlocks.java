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

/**
 * What to do about a block that the table of layers does not know, such as a recurrent network, an
 * attention block or somebody's own {@code AbstractBlock}.
 *
 * <p>Such a block can be run as one piece that is differentiated exactly inside. It then learns by
 * backpropagation within itself, which may not be what a user of another rule wants.
 */
public enum UnknownBlocks {
    /** Refuse the model. */
    FAIL,
    /** Run the block as one piece and log a warning that names it. */
    WARN,
    /** Run the block as one piece. */
    ACCEPT
}
