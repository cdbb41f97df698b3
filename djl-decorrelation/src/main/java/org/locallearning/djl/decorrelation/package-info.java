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
 * Decorrelation layers that learn locally inside the training forward, the converter that puts them
 * into an existing model, and the fold that takes them out again.
 *
 * <pre>{@code
 * model.setBlock(Decorrelate.model(block));           // before every Linear, in every Conv2d
 * ...                                                 // train as before, with any trainer
 * Block plain = Decorrelate.fold(model.getBlock());   // DJL's own blocks, the same function
 * }</pre>
 *
 * <ul>
 *   <li>{@link org.locallearning.djl.decorrelation.Decorrelation} and {@link
 *       org.locallearning.djl.decorrelation.DecorrelatedConv2d} are the layers, {@link
 *       org.locallearning.djl.decorrelation.DecorrelationRule} is what they learn by, and {@link
 *       org.locallearning.djl.decorrelation.DecorrelationBuilder} tells the settings of their
 *       builders: rate, gain, mean and cost.
 *   <li>{@link org.locallearning.djl.decorrelation.RecurrentDecorrelation} is the rule as lateral
 *       dynamics, with Földiák's rule to compare with, and {@link
 *       org.locallearning.djl.decorrelation.BatchWhitening} a baseline that whitens each batch.
 *   <li>{@link org.locallearning.djl.decorrelation.CorrelationStatistics} tells how correlated
 *       activity is, and {@link org.locallearning.djl.decorrelation.DecorrelationObserver} gets it
 *       from a layer.
 * </ul>
 */
package org.locallearning.djl.decorrelation;
