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
package org.locallearning.djl.examples.sweep.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.locallearning.djl.examples.sweep.trial.TrialJob;
import org.locallearning.djl.examples.sweep.trial.TrialOutcome;
import org.locallearning.djl.examples.sweep.trial.TrialProgram;
import org.locallearning.djl.examples.sweep.trial.TrialStarter;

/** The classes that executors need to start a trial, which use the JDK and Spark alone. */
final class TaskJar {

    private static final List<Class<?>> CLASSES =
            List.of(
                    SparkTask.class,
                    TrialJob.class,
                    TrialOutcome.class,
                    TrialOutcome.Kind.class,
                    TrialProgram.class,
                    TrialStarter.class);

    private TaskJar() {}

    /** Writes the jar. */
    static void write(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out)) {
            for (Class<?> each : CLASSES) {
                write(jar, each.getName().replace('.', '/') + ".class");
            }
        }
    }

    private static void write(JarOutputStream jar, String name) throws IOException {
        try (InputStream in = TaskJar.class.getClassLoader().getResourceAsStream(name)) {
            jar.putNextEntry(new JarEntry(name));
            in.transferTo(jar);
            jar.closeEntry();
        }
    }
}
