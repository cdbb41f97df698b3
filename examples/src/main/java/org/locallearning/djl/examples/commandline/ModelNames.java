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
package org.locallearning.djl.examples.commandline;

import java.util.ArrayList;
import org.locallearning.djl.zoo.network.Networks;

/** The names of the models, for the help text and for completion on the command line. */
public final class ModelNames extends ArrayList<String> {

    private static final long serialVersionUID = 1L;

    /** Lists the names in the order of the table. */
    public ModelNames() {
        super(Networks.names());
    }
}
