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
package org.locallearning.djl.zoo.model;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.locallearning.djl.state.StateFile;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;
import org.locallearning.djl.zoo.repository.RepositoryException;

/**
 * The weights of a rule besides the model's, such as the B of feedback alignment, in a file {@code
 * <name>-rule.state} next to the model, so that training can continue with the same ones.
 *
 * <pre>{@code
 * Map<String, NDArray> weights = RuleWeights.load(folder, name, manager);
 * FeedbackAlignment.builder().optFeedback(FeedbackSource.of(weights)).build();
 * }</pre>
 *
 * <p>Without the file, a rule draws its weights again from its seed, which gives the same ones only
 * as long as the way of drawing does not change.
 */
public final class RuleWeights {

    private static final String SECTION = "rule weights";

    private RuleWeights() {}

    /**
     * Returns where the weights are.
     *
     * @param folder the folder of the model
     * @param name the name of its files
     * @return the file, which may not be there
     */
    public static Path file(Path folder, String name) {
        return folder.resolve(name + "-rule.state");
    }

    /**
     * Saves weights beside a model.
     *
     * @param weights the weights by name, as {@code CreditTrainer.getRuleParameters} returns them
     * @param folder the folder of the model
     * @param name the name of its files
     * @throws IOException if the file cannot be written
     */
    public static void save(Map<String, NDArray> weights, Path folder, String name)
            throws IOException {
        StateFile.save(file(folder, name), Map.of(SECTION, new Arrays(weights, null)));
    }

    /**
     * Loads the weights beside a model.
     *
     * @param folder the folder of the model
     * @param name the name of its files
     * @param manager the manager that gets them, on whose device they are
     * @return the weights by name
     * @throws RepositoryException if the file is missing or damaged
     * @throws IOException if it cannot be read
     */
    public static Map<String, NDArray> load(Path folder, String name, NDManager manager)
            throws IOException {
        Path file = file(folder, name);
        if (!Files.exists(file)) {
            throw new RepositoryException(
                    file
                            + " is missing: the model was saved without the weights of its rule;"
                            + " draw them from the seed of its record.");
        }
        Map<String, NDArray> weights = new LinkedHashMap<>();
        try {
            StateFile.load(file, manager, Map.of(SECTION, new Arrays(weights, manager)));
        } catch (MalformedModelException e) {
            throw new RepositoryException(e.getMessage(), e);
        }
        return weights;
    }

    /** Arrays as a section of a file. */
    private record Arrays(Map<String, NDArray> arrays, NDManager manager) implements Stateful {

        @Override
        public void saveState(StateWriter out) throws IOException {
            for (Map.Entry<String, NDArray> array : arrays.entrySet()) {
                out.putArray(array.getKey(), array.getValue());
            }
        }

        @Override
        public Runnable loadState(StateReader in) throws IOException, MalformedModelException {
            Map<String, NDArray> read = new LinkedHashMap<>();
            for (String name : in.getNames()) {
                read.put(name, in.getArray(name));
            }
            return () ->
                    read.forEach(
                            (name, array) -> {
                                array.attach(manager);
                                arrays.put(name, array);
                            });
        }
    }
}
