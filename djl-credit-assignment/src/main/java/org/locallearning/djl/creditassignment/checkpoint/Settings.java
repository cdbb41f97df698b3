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
package org.locallearning.djl.creditassignment.checkpoint;

import ai.djl.MalformedModelException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;
import org.locallearning.djl.state.Stateful;

/** Settings of a program that must be the same when training resumes. */
final class Settings implements Stateful {

    private static final int MOST_QUOTED = 300;

    private final Map<String, String> settings;

    Settings(Map<String, String> settings) {
        this.settings = settings;
    }

    /** {@inheritDoc} */
    @Override
    public void saveState(StateWriter out) throws IOException {
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            out.putText(setting.getKey(), setting.getValue());
        }
    }

    /** {@inheritDoc} */
    @Override
    public Runnable loadState(StateReader in) throws MalformedModelException {
        Map<String, String> saved = new LinkedHashMap<>();
        for (String name : in.getNames()) {
            saved.put(name, in.getText(name));
        }
        compare(saved, settings, "it was saved with setting");
        return () -> {};
    }

    /** Names the first difference. */
    static void compare(Map<String, String> saved, Map<String, String> own, String savedWith)
            throws MalformedModelException {
        Map<String, String> all = new LinkedHashMap<>(own);
        saved.forEach(all::putIfAbsent);
        for (String name : all.keySet()) {
            if (!Objects.equals(saved.get(name), own.get(name))) {
                throw new MalformedModelException(
                        String.format(
                                "%s %s %s, but here it is %s; use what it was saved with, or start"
                                        + " over.",
                                savedWith, name, quote(saved.get(name)), quote(own.get(name))));
            }
        }
    }

    private static String quote(String value) {
        if (value == null) {
            return "not set";
        }
        String line = value.replaceAll("\\p{Cntrl}+", " ");
        boolean isLong = line.length() > MOST_QUOTED;
        return "'" + (isLong ? line.substring(0, MOST_QUOTED) + "…" : line) + "'";
    }
}
