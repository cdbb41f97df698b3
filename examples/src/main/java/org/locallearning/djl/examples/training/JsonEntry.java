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
package org.locallearning.djl.examples.training;

import ai.djl.MalformedModelException;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/**
 * What was measured so far, as one entry of a checkpoint: records in JSON.
 *
 * @param name the name of the entry
 * @param type the type of what it holds
 * @param <T> the same
 */
public record JsonEntry<T>(String name, TypeToken<T> type) {

    private static final Gson GSON =
            new GsonBuilder().serializeSpecialFloatingPointValues().create();

    /**
     * Writes the entry.
     *
     * @param out the section
     * @param value what it holds, or null
     * @throws IOException if it cannot be written
     */
    public void write(StateWriter out, T value) throws IOException {
        out.putText(name, GSON.toJson(value, type.getType()));
    }

    /**
     * Reads the entry.
     *
     * @param in the section
     * @return what it holds
     * @throws MalformedModelException if it holds nothing, or something else
     */
    public T read(StateReader in) throws MalformedModelException {
        T value = readOrNull(in);
        if (value == null) {
            throw new MalformedModelException("its '" + name + "' is empty.");
        }
        return value;
    }

    /**
     * Reads an entry that may be empty.
     *
     * @param in the section
     * @return what it holds, or null
     * @throws MalformedModelException if it holds something else
     */
    public T readOrNull(StateReader in) throws MalformedModelException {
        try {
            return GSON.fromJson(in.getText(name), type.getType());
        } catch (JsonParseException e) {
            throw new MalformedModelException("its '" + name + "' cannot be read.", e);
        }
    }
}
