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
package org.locallearning.djl.examples.method;

/**
 * A way to train a model, as the command line names it.
 *
 * @param name the name on the command line
 * @param title what a table or a report calls it
 * @param description one sentence for a reader who does not know it, with the paper
 * @param trainer creates its trainer
 * @param errorPath how it carries the error to the layers below
 * @param learningRates the learning rates it starts with
 */
public record Method(
        String name,
        String title,
        String description,
        TrainerFactory trainer,
        ErrorPath errorPath,
        LearningRates learningRates) {}
