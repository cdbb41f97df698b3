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
package org.locallearning.djl.examples.environment;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.regex.Pattern;
import org.locallearning.djl.creditassignment.provenance.ProgramDescription;

/**
 * The build of the program that made a result.
 *
 * @param version the version of this project
 * @param commit the commit of the sources, with {@code -dirty} after it where they were changed
 *     since, or {@code unknown} for a build outside a repository
 * @param djl the version of Deep Java Library
 */
public record Build(String version, String commit, String djl) {

    private static final String UNKNOWN = "unknown";
    private static final String DIRTY = "-dirty";
    private static final Path KEPT = Path.of("examples", "runs");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}(-dirty)?");

    /**
     * Returns the build that is running.
     *
     * @return the build, read from what Maven wrote into the program
     */
    public static Build current() {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(read("build.properties")));
            String commit = read("commit.txt").trim();
            return new Build(
                    properties.getProperty("version", UNKNOWN),
                    COMMIT.matcher(commit).matches() ? commit : UNKNOWN,
                    properties.getProperty("djl", UNKNOWN));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Describes the program in the record of a model.
     *
     * @param commandLine the arguments of the program
     * @return the description
     */
    public ProgramDescription describe(String commandLine) {
        boolean known = COMMIT.matcher(commit).matches();
        return new ProgramDescription(
                known ? commit.replace(DIRTY, "") : null,
                known ? (Boolean) commit.endsWith(DIRTY) : null,
                commandLine);
    }

    /**
     * Checks that results may be written into a folder. The results that a repository keeps in
     * {@code examples/runs} name the commit that makes them again, so that a build of sources that
     * no commit has may not write there.
     *
     * @param folder the folder
     * @throws IOException if it may not, in one sentence
     */
    public void checkMayWrite(Path folder) throws IOException {
        boolean committed = COMMIT.matcher(commit).matches() && !commit.endsWith(DIRTY);
        for (Path place = real(folder); place != null && !committed; place = place.getParent()) {
            Path sources = place.endsWith(KEPT) ? place.getParent().getParent() : null;
            if (sources != null && Files.exists(sources.resolve(".git"))) {
                throw new IOException(
                        String.format(
                                "'%s' holds results that can be made again from a commit, but this"
                                        + " program was built from %s: commit the changes and build"
                                        + " again, or choose another folder with --out.",
                                place,
                                commit.endsWith(DIRTY)
                                        ? "sources with changes that are in none"
                                        : "sources of no known commit"));
            }
        }
    }

    /** Follows links as far as the path is there. */
    private static Path real(Path folder) throws IOException {
        Path absolute = folder.toAbsolutePath().normalize();
        for (Path there = absolute; there != null; there = there.getParent()) {
            if (Files.exists(there)) {
                return there.toRealPath().resolve(there.relativize(absolute));
            }
        }
        return absolute;
    }

    private static String read(String resource) throws IOException {
        try (InputStream in = Build.class.getResourceAsStream(resource)) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
