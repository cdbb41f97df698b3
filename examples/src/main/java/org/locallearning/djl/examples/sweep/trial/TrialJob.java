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

import java.io.Serializable;
import java.util.List;

/** What one process is to train, up to which epoch. */
public final class TrialJob implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String name;
    private final String[] arguments;

    /**
     * Creates a job.
     *
     * @param name the name of the trial, which is that of its folder too
     * @param arguments the command line of the process, but for its output folder
     */
    public TrialJob(String name, List<String> arguments) {
        this.name = name;
        this.arguments = arguments.toArray(String[]::new);
    }

    /**
     * Returns the name of the trial.
     *
     * @return the name, which tells it from every other trial and is that of its folder
     */
    public String name() {
        return name;
    }

    /**
     * Returns the command line.
     *
     * @return the arguments, but for the output folder
     */
    public List<String> arguments() {
        return List.of(arguments);
    }

    /**
     * Returns this job with another value of an option.
     *
     * @param option the option
     * @param value its value, in place of the one that it has, if it has one
     * @return the same otherwise
     */
    public TrialJob with(String option, String value) {
        String[] other = arguments.clone();
        for (int i = 0; i + 1 < other.length; i++) {
            if (other[i].equals(option)) {
                other[i + 1] = value;
            }
        }
        return new TrialJob(name, List.of(other));
    }

    /** {@inheritDoc} */
    @Override
    public String toString() {
        return name + ": " + String.join(" ", arguments);
    }
}
