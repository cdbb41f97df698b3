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
package org.locallearning.djl.examples.compare;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.locallearning.djl.decorrelation.internal.FileFailure;
import org.locallearning.djl.examples.results.Provenance;
import org.locallearning.djl.examples.results.Results;

/**
 * What is read of a {@code results.json}.
 *
 * @param provenance what made the figure of a paper, or null for a comparison
 * @param experiments the results of each part of the figure, or of the comparison
 */
record StoredRuns(Provenance provenance, List<Results> experiments) {

    /** A figure of a paper that consists of learning curves. */
    private record Figure(Provenance provenance, List<Results> figure) {}

    /**
     * Reads a file.
     *
     * @param file the file
     * @return what is in it, each part with a finished run
     * @throws IOException if it cannot be read, in one sentence
     */
    static StoredRuns read(Path file) throws IOException {
        String json;
        try {
            json = Files.readString(file);
        } catch (IOException e) {
            throw new IOException(
                    String.format(
                            "The results '%s' cannot be read (%s): give the path of a"
                                    + " results.json.",
                            file, FileFailure.reason(e)),
                    e);
        }
        JsonElement content;
        try {
            content = JsonParser.parseString(json);
        } catch (JsonParseException e) {
            throw new IOException(
                    String.format(
                            "'%s' has no learning curves that can be read, since it was cut or is no"
                                    + " JSON: copy it again from where it was written.",
                            file),
                    e);
        }
        StoredRuns stored;
        try {
            if (content.isJsonObject() && content.getAsJsonObject().has("figure")) {
                Figure figure = new Gson().fromJson(content, Figure.class);
                stored = new StoredRuns(figure.provenance, figure.figure);
            } else {
                stored = new StoredRuns(null, List.of(Results.fromJson(json)));
            }
        } catch (JsonParseException | IllegalArgumentException e) {
            stored = new StoredRuns(null, List.of());
        }
        if (stored.experiments.isEmpty()
                || !stored.experiments.stream().allMatch(StoredRuns::hasRuns)) {
            throw new IOException(
                    String.format(
                            "'%s' has no learning curves: give a results.json of compare, or of a"
                                    + " target of reproduce that trains methods side by side.",
                            file));
        }
        return stored;
    }

    private static boolean hasRuns(Results results) {
        return results != null
                && results.settings() != null
                && results.runs() != null
                && !results.runs().isEmpty();
    }
}
