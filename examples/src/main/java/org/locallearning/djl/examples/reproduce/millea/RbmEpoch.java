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
package org.locallearning.djl.examples.reproduce.millea;

/**
 * What one epoch of a machine came to.
 *
 * @param epoch the epoch, from 1
 * @param reconstruction the mean squared error of reconstructing the training images
 * @param trainLogLikelihood the mean log-likelihood of the training images after it, in nats
 * @param testLogLikelihood the mean log-likelihood of the test images after it, in nats
 * @param trainError the share of training images that are classified wrongly after it; null where
 *     it was not measured
 * @param testError the share of test images that are classified wrongly after it; null where it was
 *     not measured
 * @param sparseness how much of the weights' norm is in few of them: 0 where all are of one
 *     magnitude, 1 where a single one is not zero (Hoyer, 2004)
 * @param penaltyWeight the weight of the penalty in the last batch
 * @param seconds the time spent on training
 */
record RbmEpoch(
        int epoch,
        double reconstruction,
        double trainLogLikelihood,
        double testLogLikelihood,
        Double trainError,
        Double testError,
        double sparseness,
        double penaltyWeight,
        double seconds) {}
