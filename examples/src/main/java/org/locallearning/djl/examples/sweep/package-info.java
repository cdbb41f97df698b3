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

/**
 * The subcommand {@code sweep}: tries settings, seeds, methods, data sets and models, and chooses.
 *
 * <p>A {@linkplain org.locallearning.djl.examples.sweep.TrialCommand trial} is one method with one
 * setting and one seed, in a process of its own, with its checkpoint in a folder of its own; it
 * trains as {@code compare} does with the same options. It stops before the test: settings are
 * chosen by the images held out for validation, and the chosen one alone goes on, from its
 * checkpoint, to the test images. Stopping earlier is the same, which is all that halving needs.
 *
 * <p>What a sweep asks for ({@code SweepPlan}, {@code Grid}, {@code Halving}), how it goes on
 * ({@code Sweep}, {@code TrialStore}) and where trials run ({@link
 * org.locallearning.djl.examples.sweep.trial.TrialRunner}: processes of this machine, or a cluster)
 * know nothing of each other. Trials depend on their command line alone, so it does not matter
 * where they run, in which order, or how often they were stopped.
 */
package org.locallearning.djl.examples.sweep;
