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
package org.locallearning.djl.examples.reproduce;

import org.locallearning.djl.examples.output.PrettyJson;
import org.locallearning.djl.examples.results.Provenance;

/**
 * The content of a target's {@code results.json}.
 *
 * @param provenance what made the figure
 * @param figure the numbers behind it, a record of the target's own
 */
record FigureResults(Provenance provenance, Object figure) {

    String toJson() {
        return PrettyJson.GSON.toJson(this) + System.lineSeparator();
    }
}
