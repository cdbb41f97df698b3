/**
 * Restricted Boltzmann machines whose statistics are decorrelated while they learn.
 *
 * <ul>
 *   <li>{@link org.locallearning.djl.decorrelation.boltzmann.RestrictedBoltzmannMachine} is the
 *       block, {@link org.locallearning.djl.decorrelation.boltzmann.BoltzmannParameters} its
 *       formulas.
 *   <li>{@link org.locallearning.djl.decorrelation.boltzmann.BoltzmannLearning} makes its trainer,
 *       from a {@link org.locallearning.djl.decorrelation.boltzmann.NegativePhase} (contrastive
 *       divergence, persistent or not, or the exact expectation), a {@link
 *       org.locallearning.djl.decorrelation.boltzmann.GradientDirection} (plain, centred, whitened
 *       or natural) and a {@link org.locallearning.djl.decorrelation.boltzmann.Penalty}.
 *   <li>{@link org.locallearning.djl.decorrelation.boltzmann.ExactDistribution} has the exact
 *       quantities of small machines, {@link
 *       org.locallearning.djl.decorrelation.boltzmann.AnnealedImportanceSampling} the partition
 *       function of larger ones.
 * </ul>
 *
 * <p>Millea, "Natural Boltzmann Machines", a short report whose second approach, whitening
 * parameters, is announced and not given.
 */
package org.locallearning.djl.decorrelation.boltzmann;
