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
package org.locallearning.djl.examples.zoo;

import java.io.IOException;
import org.locallearning.djl.zoo.LocalLearningModelZoo;
import picocli.CommandLine.Option;

/** Which models, on the command line of everything that reads them. */
final class RepositoryArguments {

    @Option(
            names = "--repository",
            paramLabel = "PLACE",
            description =
                    "Folder or address of a model repository in DJL's layout (default: the models"
                            + " that come with the library).")
    private String repository;

    LocalLearningModelZoo open() throws IOException {
        return repository == null
                ? LocalLearningModelZoo.bundled()
                : LocalLearningModelZoo.of(repository);
    }
}
