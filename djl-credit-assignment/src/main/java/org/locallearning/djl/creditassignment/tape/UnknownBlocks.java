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
 * attention block or your own {@code AbstractBlock}.
 *
 * <p>Such a block can run as one piece. Rules with feedback weights use them inside, for weighted
 * layers of the table and DJL's recurrent blocks among its descendants. Everything else there, and
 * under other rules all of it, learns by backpropagation within the piece, which may not be what
 * you want.
 */
public enum UnknownBlocks {
    /** Refuse the model. */
    FAIL,
    /**
     * Run the block as one piece and log a warning that names it, but refuse the model if the rule
     * would be backpropagation by another name.
     */
    WARN,
    /** Run the block as one piece, even where the rule would then be backpropagation. */
    ACCEPT
}
