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
package org.locallearning.djl.zoo;

import ai.djl.repository.zoo.ModelZoo;
import ai.djl.repository.zoo.ZooProvider;
import java.io.IOException;
import org.slf4j.LoggerFactory;

/**
 * Makes DJL know the library's own models. If the jar is damaged, only these models are missing,
 * and the log says so: an exception here would end every search for a model.
 */
public final class LocalLearningZooProvider implements ZooProvider {

    /** Creates the provider; DJL does, when it looks for zoos. */
    public LocalLearningZooProvider() {}

    /** {@inheritDoc} */
    @Override
    public ModelZoo getModelZoo() {
        try {
            return LocalLearningModelZoo.bundled();
        } catch (IOException e) {
            LoggerFactory.getLogger(LocalLearningZooProvider.class)
                    .error("The library's own models cannot be loaded.", e);
            return new LocalLearningModelZoo();
        }
    }
}
