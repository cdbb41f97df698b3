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
package org.locallearning.djl.creditassignment.lra;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.rule.RuleParameters;
import org.locallearning.djl.creditassignment.tape.Stage;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.decorrelation.internal.HostNumber;

/**
 * The error neurons of a network on one batch: first the errors, by Algorithm 1, then the gradients
 * that they leave. Errors have the shape (N, units of the stage), one row per sample, and are kept
 * as {@code e / N}, the share of each sample in a mean over the batch.
 */
final class ErrorNeurons {

    private final Tape tape;
    private final ErrorGraph graph;
    private final RuleParameters matrices;
    private final LocalRepresentationAlignment rule;
    private final List<Stage> stages;
    private final Map<String, NDArray> errors = new HashMap<>();
    private final Map<String, Site> sites = new HashMap<>();
    private final Map<String, Double> weights = new HashMap<>();
    private long samples;

    ErrorNeurons(
            Tape tape,
            ErrorGraph graph,
            RuleParameters matrices,
            LocalRepresentationAlignment rule) {
        this.tape = tape;
        this.graph = graph;
        this.matrices = matrices;
        this.rule = rule;
        stages = tape.getStages();
        Map<String, Double> chosen = rule.getDiscrepancyWeights(tape.getNetwork());
        for (int l = 0; l < stages.size(); l++) {
            collectSites(stages, l, chosen.getOrDefault(stages.get(l).getPath(), 1.0));
        }
    }

    /**
     * Makes sure that activations are the same function whenever they run: an error is the
     * difference of two of their values, which new random numbers would be most of.
     *
     * @throws IllegalArgumentException if one is not
     */
    void checkActivations() {
        for (String receiver : graph.getReceivers()) {
            Site site = sites.get(receiver);
            if (!site.after().repeatsActivation()) {
                throw new IllegalArgumentException(
                        String.format(
                                "LocalRepresentationAlignment runs activations several times on a"
                                        + " batch, but the activation behind %s gives different"
                                        + " outputs for the same input; give the class of the block"
                                        + " that draws random numbers a rerun in the LayerTable"
                                        + " with optLayers, or use DJL's Dropout.",
                                site.stage()));
            }
        }
    }

    /** Leaves the gradients of a batch in the parameters, those of the error matrices included. */
    void assign(NDList predictionErrors) {
        int output = stages.indexOf(sites.get(graph.getOutput()).stage());
        NDList delta = predictionErrors;
        for (int l = stages.size() - 1; l > output; l--) {
            delta = sendOn(delta, stages.get(l), true);
        }
        delta = sendOn(delta, stages.get(output).getTail(), true);
        if (delta.isEmpty()) {
            // nothing learns as far up as the output
            return;
        }
        samples = delta.head().getShape().get(0);
        delta = weighted(delta, weights.get(graph.getOutput()));
        errors.put(graph.getOutput(), outputError(delta));
        for (String receiver : graph.getReceivers()) {
            errors.put(receiver, error(sites.get(receiver)));
        }
        tape.setInputErrors(learn(stages.subList(0, output + 1), delta, tape.isInputErrorWanted()));
    }

    /** Finds a stage of a sequence, and those of the branches in it, by their paths. */
    private void collectSites(List<Stage> sequence, int l, double weight) {
        String path = sequence.get(l).getPath();
        if (sites.putIfAbsent(path, Site.of(sequence, l)) == null) {
            weights.put(path, weight);
        }
        for (List<Stage> branch : sequence.get(l).getBranches()) {
            for (int inner = 0; inner < branch.size(); inner++) {
                collectSites(branch, inner, weight);
            }
        }
    }

    /** κ_L e_L. */
    private NDList weighted(NDList delta, double weight) {
        if (weight == 1) {
            return delta;
        }
        NDList product = new NDList(delta.size());
        delta.forEach(
                array ->
                        product.add(
                                HostNumber.mul(Autograd.detach(array, tape.getManager()), weight)));
        delta.close();
        return product;
    }

    /** The gradient of each sample's own loss in the mean, e_L / N. */
    private NDArray outputError(NDList delta) {
        NDArray all = null;
        for (NDArray array : delta) {
            NDArray flat = Autograd.detach(array, tape.getManager()).reshape(samples, -1);
            all = all == null ? flat : all.concat(flat, 1);
        }
        return all;
    }

    /** e_i / N, e_i as {@link ErrorDifference} says, with d_i = Σ_j E_ji e_j. */
    private NDArray error(Site site) {
        try (NDManager scope = tape.getManager().newSubManager()) {
            NDArray h = preActivation(site, scope);
            List<NDArray> sent = new ArrayList<>();
            NDArray d = null;
            for (ErrorConnection connection : graph.getConnectionsTo(site.stage().getPath())) {
                NDArray product = send(connection, h, scope);
                sent.add(product);
                NDArray part = Autograd.detach(product, scope);
                d = d == null ? part : d.add(part);
            }
            NDArray z = activationToLearnFrom(site, scope);
            learnMatrices(sent, d, z);
            NDArray step = HostNumber.mul(d, rule.getBeta() * samples).reshape(h.getShape());
            NDArray mixed = mix(derivative(difference(site.after(), h, step, z)));
            double weight = weights.get(site.stage().getPath());
            NDArray error = HostNumber.mul(mixed, weight / samples).reshape(samples, -1);
            error.attach(tape.getManager());
            return error;
        }
    }

    private NDArray preActivation(Site site, NDManager scope) {
        NDList h = site.after().upToPreActivation().keepOutputs();
        h.attach(scope);
        if (h.size() != 1) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "Stage %s puts out %d arrays, but an error of its own needs one; let no"
                                    + " error connection lead there.",
                            site.stage(),
                            h.size()));
        }
        if (h.head().getShape().get(0) != samples) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "No error can be sent to stage %s: its output %s has another first"
                                    + " dimension than the %d samples of the prediction; let no"
                                    + " error connection lead there.",
                            site.stage(),
                            h.head().getShape(),
                            samples));
        }
        return h.head();
    }

    /** The activation, where the error or the update of error matrices is made of it. */
    private NDArray activationToLearnFrom(Site site, NDManager scope) {
        if (rule.getErrorDifference() == ErrorDifference.CENTRAL
                && rule.getErrorMatrixUpdate() != ErrorMatrixUpdate.LRA_E) {
            return null;
        }
        NDArray z = site.after().getActivation();
        z.attach(scope);
        return z;
    }

    private NDArray difference(Stage after, NDArray h, NDArray step, NDArray z) {
        NDArray target = after.activate(h.sub(step));
        if (rule.getErrorDifference() == ErrorDifference.ONE_SIDED) {
            return z.sub(target);
        }
        return HostNumber.muli(after.activate(h.add(step)).sub(target), 0.5);
    }

    /** sign(Δ) |Δ|^(p − 1), which Δ is for the Euclidean norm. */
    private NDArray derivative(NDArray difference) {
        double norm = rule.getNorm();
        if (norm == 2) {
            return difference;
        }
        NDArray sign = difference.sign();
        return norm == 1
                ? sign
                : sign.mul(HostNumber.with(difference.abs(), norm - 1, NDArray::pow));
    }

    /** α e + (1 − α) sign(e). */
    private NDArray mix(NDArray error) {
        double share = rule.getMagnitudeShare();
        return share == 1
                ? error
                : HostNumber.mul(error, share).addi(HostNumber.muli(error.sign(), 1 - share));
    }

    private NDArray send(ErrorConnection connection, NDArray h, NDManager scope) {
        NDArray error = Autograd.detach(errors.get(connection.from()), scope);
        Shape shape = new Shape(h.size() / samples, error.getShape().get(1));
        Parameter matrix = matrices.get(connection.toString(), shape, h);
        return Linear.linear(error, tape.getValue(matrix)).singletonOrThrow();
    }

    /** Adds to the gradient of each error matrix the mean of a product with the error it sent. */
    private void learnMatrices(List<NDArray> sent, NDArray d, NDArray z) {
        ErrorMatrixUpdate update = rule.getErrorMatrixUpdate();
        if (update == ErrorMatrixUpdate.NONE) {
            return;
        }
        // d and the errors that were sent are those of a mean: one of the two factors is too many
        double gamma = rule.getGamma();
        NDArray factor =
                update == ErrorMatrixUpdate.PAPER
                        ? HostNumber.mul(d, -gamma * samples)
                        : HostNumber.mul(z.reshape(samples, -1), gamma);
        sent.forEach(product -> Autograd.backward(product, factor, false));
    }

    /**
     * Adds to the gradients of a sequence, from the top: each layer learns from its own error or,
     * if it has none, from the error that arrives from above.
     *
     * @param sequence the stages
     * @param top the error at the outputs of the last layer
     * @param inputErrorsWanted whether the error at the input of the sequence is needed
     * @return that error; empty if it is not needed
     */
    private NDList learn(List<Stage> sequence, NDList top, boolean inputErrorsWanted) {
        NDList delta = top;
        for (int l = sequence.size() - 1; l > 0; l--) {
            Stage stage = sequence.get(l);
            Site below = Site.of(sequence, l - 1);
            // its own error replaces what would arrive at the stage below
            boolean wanted =
                    !hasError(below) || stage.getFront().parametersAfterActivation().isTrainable();
            delta = errorAt(below, learn(stage, delta, wanted));
            stage.close();
        }
        Stage front = sequence.get(0).getFront();
        NDList atFront = learn(sequence.get(0), delta, inputErrorsWanted || front.isTrainable());
        delta = sendOn(atFront, front, inputErrorsWanted);
        sequence.get(0).close();
        return delta;
    }

    /** Adds to the gradients of a layer, or of all branches, and returns the error at its input. */
    private NDList learn(Stage stage, NDList delta, boolean inputErrorsWanted) {
        List<List<Stage>> branches = stage.getBranches();
        if (delta.isEmpty() || branches.isEmpty()) {
            return sendOn(delta, stage.getWeighted(), inputErrorsWanted);
        }
        boolean wanted = inputErrorsWanted && stage.getWeighted().isInputErrorWanted();
        List<NDList> ends = stage.backwardToBranches(delta);
        NDList sum = new NDList();
        for (int i = 0; i < branches.size(); i++) {
            List<Stage> branch = branches.get(i);
            if (wanted || branch.stream().anyMatch(Stage::isTrainable)) {
                Site last = Site.of(branch, branch.size() - 1);
                sum = add(sum, learn(branch, errorAt(last, ends.get(i)), wanted));
            }
        }
        return sum;
    }

    private static NDList add(NDList sum, NDList errors) {
        if (sum.isEmpty()) {
            return errors;
        }
        NDList both = new NDList(sum.size());
        for (int i = 0; i < sum.size(); i++) {
            both.add(sum.get(i).add(errors.get(i)));
        }
        sum.close();
        errors.close();
        return both;
    }

    private boolean hasError(Site site) {
        return !graph.getConnectionsTo(site.stage().getPath()).isEmpty();
    }

    /** Returns the error at the outputs of a layer: its own, or else what arrives from above. */
    private NDList errorAt(Site site, NDList arrived) {
        Stage after = site.after();
        if (!hasError(site)) {
            return sendOn(arrived, after, true);
        }
        Stage reshaping = after.upToPreActivation();
        NDArray error = errors.get(site.stage().getPath());
        NDList own =
                new NDList(error.reshape(reshaping.getOutputs().singletonOrThrow().getShape()));
        after.upToActivation().addGradients(own);
        if (!arrived.isEmpty()) {
            after.parametersAfterActivation().addGradients(arrived);
        }
        arrived.close();
        return after.isInputErrorWanted() ? reshaping.inputErrors(own) : new NDList();
    }

    private static NDList sendOn(NDList arrived, Stage blocks, boolean inputErrorsWanted) {
        return arrived.isEmpty() ? arrived : blocks.backward(arrived, inputErrorsWanted);
    }

    /**
     * Where error neurons can be.
     *
     * @param stage the stage that puts out the pre-activation
     * @param after the blocks between its layer and the next, which begin with the activation
     */
    private record Site(Stage stage, Stage after) {

        static Site of(List<Stage> sequence, int l) {
            Stage stage = sequence.get(l);
            boolean last = l == sequence.size() - 1;
            return new Site(stage, last ? stage.getTail() : sequence.get(l + 1).getFront());
        }
    }
}
