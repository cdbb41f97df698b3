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
package org.locallearning.djl.examples.sweep.trial;

import java.io.File;
import java.io.Serializable;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** How the program is started where a trial runs. */
public final class TrialProgram implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String jar;
    private final String classPath;
    private final String mainClass;
    private final String heap;

    private TrialProgram(String jar, String classPath, String mainClass, String heap) {
        this.jar = jar;
        this.classPath = classPath;
        this.mainClass = mainClass;
        this.heap = heap;
    }

    /**
     * Returns the program that is running, to be found under the same path.
     *
     * @param main the class that it was started with
     * @param heap the most Java heap of a trial, as {@code -Xmx} has it
     * @return the program: its jar, or, for one that runs from class files, its class path
     */
    public static TrialProgram running(Class<?> main, String heap) {
        Path source;
        try {
            source = Path.of(main.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("Java does not tell where " + main + " is.", e);
        }
        if (Files.isRegularFile(source)) {
            return ofJar(source.toAbsolutePath().toString(), heap);
        }
        String classPath =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .collect(Collectors.joining(File.pathSeparator));
        return new TrialProgram(null, classPath, main.getName(), heap);
    }

    /**
     * Returns a program that is packed, with its libraries beside it.
     *
     * @param jar where the jar is on the machine that starts it; a relative path starts at the
     *     folder that the trial's parent runs in
     * @param heap the most Java heap of a trial, as {@code -Xmx} has it
     * @return the program
     */
    public static TrialProgram ofJar(String jar, String heap) {
        return new TrialProgram(jar, null, null, heap);
    }

    /** Says what is missing to start it here, or returns null. */
    String missing() {
        String first = jar == null ? classPath.split(File.pathSeparator)[0] : jar;
        return Files.isReadable(Path.of(first)) ? null : first;
    }

    /** Returns the command that starts it on the Java that runs here. */
    List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + heap);
        if (jar == null) {
            command.addAll(List.of("-cp", classPath, mainClass));
        } else {
            command.addAll(List.of("-jar", Path.of(jar).toAbsolutePath().toString()));
        }
        command.addAll(arguments);
        return command;
    }
}
