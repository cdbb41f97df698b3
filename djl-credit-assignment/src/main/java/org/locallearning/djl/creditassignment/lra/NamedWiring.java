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
package org.locallearning.djl.creditassignment.lra;

import java.util.List;
import org.locallearning.djl.creditassignment.tape.StageOutline;

/**
 * A wiring that says what it is.
 *
 * @param name the name, for reports
 * @param wiring the wiring
 */
record NamedWiring(String name, ErrorWiring wiring) implements ErrorWiring {

    /** {@inheritDoc} */
    @Override
    public List<ErrorConnection> connect(List<StageOutline> stages) {
        return wiring.connect(stages);
    }

    /** Returns the name. */
    @Override
    public String toString() {
        return name;
    }
}
