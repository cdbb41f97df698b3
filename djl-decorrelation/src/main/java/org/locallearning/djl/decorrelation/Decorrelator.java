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
package org.locallearning.djl.decorrelation;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import ai.djl.util.PairList;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.locallearning.djl.decorrelation.internal.Graph;
import org.locallearning.djl.decorrelation.internal.MemoryNeed;
import org.locallearning.djl.decorrelation.internal.PendingChecks;
import org.locallearning.djl.decorrelation.internal.RepeatingStore;
import org.locallearning.djl.decorrelation.internal.StoredParameters;
import org.locallearning.djl.state.StateReader;
import org.locallearning.djl.state.StateWriter;

/**
 * What every decorrelation layer does around the product that is its own: it removes the mean,
 * checks the input, hands out the matrix, learns it from a sample, counts, and saves.
 */
final class Decorrelator {

    /** The encoding of a layer whose matrix is a single array. */
    static final byte VERSION = 1;

    /** The encoding of a matrix of low rank, which has an array more. */
    private static final byte LOW_RANK_VERSION = 2;

    private static final String STEPS = "steps";
    private static final String GAIN = "gain";

    private final Decorrelating layer;
    private final DecorrelationOptions options;
    private final InputRows rows;
    private final LongFunction<MatrixForm> forms;
    private final Consumer<Parameter> register;
    private final List<Parameter> matrix = new ArrayList<>();
    private final Parameter runningMean;
    private final FreezeMark freezing;
    private final UpdateSchedule schedule;
    private final UpdateChecks checks;
    private final Set<DecorrelationObserver> observers = new CopyOnWriteArraySet<>();
    private MatrixForm form;
    private long width;

    /**
     * Creates the part of a layer that decorrelates.
     *
     * @param layer the layer
     * @param matrixName the name of the parameter that is the learned matrix
     * @param options the settings
     * @param rows how the layer sees its input
     * @param forms the form of the matrix for rows of a given width
     * @param pending what runs the checks of this layer together with those of others
     * @param register adds a parameter to the layer
     */
    Decorrelator(
            Decorrelating layer,
            String matrixName,
            DecorrelationOptions options,
            InputRows rows,
            LongFunction<MatrixForm> forms,
            PendingChecks pending,
            Consumer<Parameter> register) {
        this.layer = layer;
        this.options = options;
        this.rows = rows;
        this.forms = forms;
        this.register = register;
        schedule = new UpdateSchedule(options);
        checks = new UpdateChecks(layer, pending);
        matrix.add(parameter(matrixName, false));
        matrix.get(0).setInitializer(MatrixForm::identity);
        runningMean = parameter("runningMean", true);
        freezing = new FreezeMark(runningMean, matrix);
    }

    private Parameter parameter(String name, boolean requiresGradient) {
        Parameter parameter =
                Parameter.builder()
                        .setName(name)
                        // the only type that stays untrainable in a trainer of a loaded model
                        .setType(Parameter.Type.RUNNING_MEAN)
                        .optRequiresGrad(requiresGradient)
                        .build();
        register.accept(parameter);
        return parameter;
    }

    /** The output of a layer, which is its own. */
    @FunctionalInterface
    interface Product {

        /**
         * Computes the output.
         *
         * @param input the input, of which the mean is to be removed
         * @param matrix the matrix
         * @param values the array of the matrix that learns
         * @return the output
         */
        NDArray apply(CentredInput input, DecorrelationMatrix matrix, NDArray values);
    }

    /**
     * Runs a forward, and learns from it if it is a training forward that may.
     *
     * @param multiplied what the product multiplies by the matrix, which its backward pass then
     *     needs
     */
    NDArray forward(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> params,
            NDArray multiplied,
            Product product) {
        NDArray input = inputs.head();
        checkInput(input);
        Device device = input.getDevice();
        boolean learning = training && mayLearn(store, params) && !isFrozen();
        if (learning) {
            checkLearnable(input);
            checks.begin(store, device);
        }
        NDList arrays = arrays(store, device, training);
        NDArray mean = store.getValue(runningMean, device, training);
        NDArray output =
                ArrayScope.returning(
                        () ->
                                forward(
                                        inputs,
                                        arrays,
                                        mean,
                                        training,
                                        learning,
                                        multiplied,
                                        product));
        if (learning) {
            schedule.countStep(device);
        }
        return output;
    }

    private static boolean mayLearn(ParameterStore store, PairList<String, Object> params) {
        return !(store instanceof RepeatingStore)
                && (params == null || !Boolean.FALSE.equals(params.get(Decorrelating.LEARN)));
    }

    private NDArray forward(
            NDList inputs,
            NDList arrays,
            NDArray mean,
            boolean training,
            boolean learning,
            NDArray multiplied,
            Product product) {
        NDArray input = inputs.head();
        InputRows seen = training ? seen(inputs) : rows;
        DecorrelationMatrix present = form.binding().apply(arrays);
        NDArray batchMean = training ? batchMean(seen, input) : null;
        CentredInput centred = centred(input, batchMean, mean);
        boolean due = learning && isUpdateDue(input);
        boolean sampled = due && seen.isSampled(input.getShape());
        if (learning) {
            checkMean(batchMean, sampled);
        }
        if (due && present.needsFirstBatch()) {
            seeFirstBatch(seen, present, input, batchMean);
        }
        DecorrelationMatrix learner =
                training ? present.ofBatch(() -> seen.counted(centred.values())) : present;
        // backward needs the matrix of this use, which a later one may change: it learns in place,
        // where other threads read it
        boolean changes = learner == present && !isFrozen();
        NDList kept = changes && Graph.records(multiplied) ? copies(arrays, present) : arrays;
        DecorrelationMatrix applied = kept == arrays ? learner : form.binding().apply(kept);
        NDArray output = product.apply(centred, applied, kept.head());
        if (sampled) {
            NDArray sample = centred.sample(seen);
            NDArray outputs = seen.decorrelated(output, sample, applied);
            learn(learner, seen, input, sample, outputs);
        }
        if (learning && batchMean != null) {
            BatchMean.blend(mean, batchMean, options.getMean().momentum());
        }
        return output;
    }

    /** Copies what is going to change: the first array, and all of them in the first batch. */
    private static NDList copies(NDList arrays, DecorrelationMatrix present) {
        NDList copies = new NDList(arrays);
        int changing = present.needsFirstBatch() ? arrays.size() : 1;
        for (int i = 0; i < changing; ++i) {
            copies.set(i, arrays.get(i).duplicate());
        }
        return copies;
    }

    /** Learns from a batch without computing the layer's output. */
    void learn(ParameterStore store, NDList inputs) {
        NDArray input = inputs.head();
        checkInput(input);
        if (isFrozen()) {
            return;
        }
        checkLearnable(input);
        Device device = input.getDevice();
        checks.begin(store, device);
        NDList arrays = arrays(store, device, true);
        NDArray mean = store.getValue(runningMean, device, true);
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            InputRows seen = seen(inputs);
            DecorrelationMatrix present = form.binding().apply(arrays);
            NDArray detached = input.stopGradient();
            NDArray batchMean = batchMean(seen, detached);
            CentredInput centred = centred(detached, batchMean, mean);
            boolean due = isUpdateDue(input);
            boolean sampled = due && seen.isSampled(input.getShape());
            checkMean(batchMean, sampled);
            if (due && present.needsFirstBatch()) {
                seeFirstBatch(seen, present, detached, batchMean);
            }
            if (sampled) {
                NDArray sample = centred.sample(seen);
                DecorrelationMatrix used = present.ofBatch(() -> sample);
                learn(used, seen, input, sample, used.multiply(sample));
            }
            if (batchMean != null) {
                BatchMean.blend(mean, batchMean, options.getMean().momentum());
            }
        }
        schedule.countStep(device);
    }

    /** Learns each block of the matrix from its columns of a sample. */
    private void learn(
            DecorrelationMatrix learner,
            InputRows seen,
            NDArray input,
            NDArray centred,
            NDArray outputs) {
        double rate = schedule.rate(input.getDevice());
        long updates = options.getCost().getUpdatesAtOnce(input.getShape().get(0));
        NDArray compared = options.getGain().rawInput() ? seen.sample(input) : centred;
        double checkedRate = learner.canDiverge() ? rate : 0;
        List<DecorrelationMatrix> blocks = learner.blocks();
        List<ActivitySample> samples = new ArrayList<>();
        for (int i = 0; i < blocks.size(); ++i) {
            NDArray before = BlockDiagonalMatrix.columns(centred, i, blocks.size());
            NDArray after = BlockDiagonalMatrix.columns(outputs, i, blocks.size());
            ActivitySample sample = new ActivitySample(before, after);
            // of all blocks before the first learns, so that a refused batch changes none
            checks.before(sample, checkedRate);
            for (DecorrelationObserver observer : observers) {
                observer.sampled(layer, i, before, after);
            }
            samples.add(sample);
        }
        for (int i = 0; i < blocks.size(); ++i) {
            ActivitySample sample = samples.get(i);
            ActivitySample forGain = sample;
            if (compared != centred) {
                NDArray raw = BlockDiagonalMatrix.columns(compared, i, blocks.size());
                forGain = new ActivitySample(raw, sample.outputs());
            }
            UpdateRate summed = forGain.rateOf(updates, rate);
            SampleGain gain = blocks.get(i).learn(forGain, summed, options);
            checks.after(i, sample, checkedRate, gain);
        }
    }

    /** How the layer sees a batch: every row of it, or those that a mask counts. */
    private InputRows seen(NDList inputs) {
        return inputs.size() == 1
                ? rows
                : MaskedRows.of(rows, inputs.head(), inputs.get(1), layer.getName());
    }

    /** A running mean is still 0 here, and would leave the mean a direction of its own. */
    private void seeFirstBatch(
            InputRows seen, DecorrelationMatrix present, NDArray input, NDArray batchMean) {
        CentredInput centred = new CentredInput(input, batchMean);
        NDArray batch = seen.rows(centred.values().stopGradient());
        checks.firstBatch(batch);
        present.seeFirstBatch(batch);
    }

    private boolean isUpdateDue(NDArray input) {
        return schedule.isUpdateDue(input.getDevice(), input.getShape().get(0));
    }

    /**
     * Checks that the batch mean is finite, where the check of the sample does not tell: where the
     * sample is not looked at, or is centred by another mean.
     */
    private void checkMean(NDArray batchMean, boolean sampled) {
        boolean shows = sampled && options.getMean().removal() == MeanRemoval.BATCH;
        if (batchMean != null && !shows) {
            checks.mean(batchMean.stopGradient());
        }
    }

    /** The mean of the batch, or null where no mean is removed. */
    private NDArray batchMean(InputRows seen, NDArray input) {
        MeanRemoval removal = options.getMean().removal();
        if (removal == MeanRemoval.NONE) {
            return null;
        }
        if (removal == MeanRemoval.BATCH && seen.meanCount(input.getShape()) < 2) {
            throw new IllegalArgumentException(
                    "Decorrelation layer '"
                            + layer.getName()
                            + "' got a training batch "
                            + input.getShape()
                            + " with one value of each feature, whose mean removed leaves nothing;"
                            + " use batches of two or more (drop a last batch of one), or"
                            + " MeanRemoval.RUNNING.");
        }
        return seen.mean(input);
    }

    /** The input and the mean that the settings remove from it; no batch mean in evaluation. */
    private CentredInput centred(NDArray input, NDArray batchMean, NDArray mean) {
        return switch (options.getMean().removal()) {
            case NONE -> new CentredInput(input, null);
            case BATCH -> new CentredInput(input, batchMean == null ? running(mean) : batchMean);
            case RUNNING -> new CentredInput(input, running(mean));
        };
    }

    /** A copy: the running mean moves on before the backward pass, which may need this one. */
    private NDArray running(NDArray mean) {
        return rows.alongFeatures(mean.stopGradient().duplicate());
    }

    private void checkInput(NDArray input) {
        Shape shape = input.getShape();
        NDArray mean = runningMean.getArray();
        long features = mean.getShape().get(0);
        if (!rows.fits(shape, features)) {
            throw new IllegalArgumentException(
                    "Decorrelation layer '"
                            + layer.getName()
                            + "' was made for "
                            + rows.describe(features)
                            + ", but got "
                            + shape
                            + ".");
        }
        if (input.getDataType() != mean.getDataType()) {
            throw new IllegalArgumentException(
                    String.format(
                            "Decorrelation layer '%s' holds values of type %s, but got an input of"
                                    + " type %s; convert the input by toType, or initialize the"
                                    + " model with that type.",
                            layer.getName(), mean.getDataType(), input.getDataType()));
        }
    }

    /** Refuses what rounds updates away and overflows where it sums squares, and no samples. */
    private void checkLearnable(NDArray input) {
        DataType type = input.getDataType();
        if (input.size() == 0) {
            throw new IllegalArgumentException(
                    "Decorrelation layer '"
                            + layer.getName()
                            + "' got a training batch "
                            + input.getShape()
                            + " without samples; leave it out.");
        }
        if (type != DataType.FLOAT32 && type != DataType.FLOAT64) {
            throw new IllegalArgumentException(
                    String.format(
                            "Decorrelation layer '%s' cannot learn in %s, which rounds most updates"
                                    + " of its matrix away and cannot hold the energy of a sample;"
                                    + " train in FLOAT32, or freeze the layer"
                                    + " (freezeParameters) to use it as it is.",
                            layer.getName(), type));
        }
    }

    private NDList arrays(ParameterStore store, Device device, boolean training) {
        NDList arrays = new NDList();
        for (Parameter parameter : matrix) {
            NDArray array = store.getValue(parameter, device, training);
            if (array.hasGradient()) {
                // the copy for another device was made while freezeParameters(false) stood
                array.setRequiresGradient(false);
            }
            arrays.add(array);
        }
        return arrays;
    }

    /** Returns whether {@code freezeParameters} keeps the matrix and the mean as they are. */
    boolean isFrozen() {
        return freezing.isFrozen();
    }

    /** Called before the layer may get new arrays, with {@link #afterNewArrays} after it. */
    void beforeNewArrays() {
        freezing.beforeNewArrays();
        if (!getMatrix().isInitialized()) {
            // where the layer was cleared: a new matrix has learned nothing
            checks.forget();
            schedule.restoreSteps(0);
            checks.restoreGain(Double.NaN);
        }
    }

    /** Called once the layer has its new arrays, so that they keep whether it is frozen. */
    void afterNewArrays() {
        freezing.isFrozen();
    }

    /**
     * Sets the shapes of the parameters.
     *
     * @param features the number of features or channels that have a mean
     * @param rowWidth the width of the rows that the matrix acts on
     */
    void prepare(long features, long rowWidth) {
        choose(rowWidth);
        MemoryNeed.check(
                "Decorrelation layer '" + layer.getName() + "'",
                form.shape(),
                DataType.FLOAT32,
                2,
                "learn it in blocks or in few directions (Cost.blocks, Cost.rank), or on smaller"
                        + " inputs");
        matrix.get(0).setShape(form.shape());
        for (int i = 1; i < matrix.size(); ++i) {
            if (!matrix.get(i).isInitialized()) {
                matrix.get(i).setShape(form.fixed().get(i - 1).getValue());
            }
        }
        runningMean.setShape(new Shape(features));
    }

    /** Chooses the form of the matrix for rows of a given width. */
    private void choose(long rowWidth) {
        width = rowWidth;
        form = forms.apply(width);
        if (matrix.size() == 1) {
            for (Pair<String, Shape> fixed : form.fixed()) {
                matrix.add(parameter(fixed.getKey(), false));
            }
        } else if (matrix.size() != 1 + form.fixed().size()) {
            throw new IllegalStateException(
                    String.format(
                            Locale.ROOT,
                            "Decorrelation layer '%s' was of low rank before it was cleared, and"
                                    + " inputs of width %d are too narrow for that; build a new"
                                    + " layer for them.",
                            layer.getName(),
                            rowWidth));
        }
    }

    /** Returns the encoding of the layer once it is prepared. */
    byte version() {
        return form == null || form.fixed().isEmpty() ? VERSION : LOW_RANK_VERSION;
    }

    /** Writes what is to be saved beside the parameters. */
    void save(DataOutputStream os) throws IOException {
        checks.finish();
        os.writeLong(schedule.getSteps());
        if (version() == LOW_RANK_VERSION) {
            os.writeInt(rank());
        }
    }

    /** Refuses the encoding of another release. */
    void checkVersion(byte version) throws MalformedModelException {
        if (version != VERSION && version != LOW_RANK_VERSION) {
            throw new MalformedModelException(
                    "Decorrelation layer '"
                            + layer.getName()
                            + "' cannot read encoding version "
                            + version
                            + "; the file was written by a newer release, or for another model.");
        }
    }

    /** Reads what was saved beside the parameters, for rows of a given width. */
    void load(byte version, DataInputStream is, long rowWidth)
            throws IOException, MalformedModelException {
        checks.forget();
        schedule.restoreSteps(is.readLong());
        int saved = version == LOW_RANK_VERSION ? is.readInt() : 0;
        choose(rowWidth);
        if (saved != rank()) {
            throw new MalformedModelException(
                    "The file holds "
                            + ofRank(saved)
                            + " for decorrelation layer '"
                            + layer.getName()
                            + "', which needs "
                            + ofRank(rank())
                            + "; set Cost.rank to what it was saved with.");
        }
    }

    /** Writes what changes in training and is no parameter. */
    void saveState(StateWriter out) throws IOException {
        checks.finish();
        out.putLong(STEPS, schedule.getSteps());
        out.putDouble(GAIN, checks.getLastGain());
    }

    /** Reads what {@link #saveState} wrote. */
    Runnable loadState(StateReader in) throws MalformedModelException {
        in.checkNames(Set.of(STEPS, GAIN));
        long steps = in.getLong(STEPS);
        double gain = in.getDouble(GAIN);
        if (steps < 0) {
            throw new MalformedModelException(
                    String.format(
                            Locale.ROOT,
                            "decorrelation layer '%s' cannot have learned %d times.",
                            layer.getName(),
                            steps));
        }
        return () -> {
            checks.forget();
            schedule.restoreSteps(steps);
            checks.restoreGain(gain);
            if (form != null) {
                // which knows what it has found in a first batch that is now to come again
                choose(width);
            }
        };
    }

    private int rank() {
        return form.fixed().isEmpty() ? 0 : (int) form.shape().get(0) - 1;
    }

    private static String ofRank(int rank) {
        return rank == 0 ? "a full matrix" : "a matrix of rank " + rank;
    }

    /** Refuses loaded arrays of other shapes than the layer needs. */
    void checkLoaded(long features) throws MalformedModelException {
        if (!getMatrix().isInitialized() || !runningMean.isInitialized()) {
            return;
        }
        if (!getMatrix().getShape().equals(form.shape())
                || !runningMean.getShape().equals(new Shape(features))) {
            throw new MalformedModelException(
                    "The file holds a matrix "
                            + getMatrix().getShape()
                            + " for decorrelation layer '"
                            + layer.getName()
                            + "', which needs "
                            + form.shape()
                            + "; load it into the model and block size that it was saved from.");
        }
        for (int i = 1; i < matrix.size(); i++) {
            StoredParameters.checkShape(
                    "decorrelation layer '" + layer.getName() + "'",
                    matrix.get(i),
                    form.fixed().get(i - 1).getValue());
        }
        checkLoadedTriangle();
        checkLoadedMean();
    }

    /** Refuses entries that learning would carry along without ever correcting them. */
    private void checkLoadedTriangle() throws MalformedModelException {
        if (options.isTriangular()
                && !DecorrelationRule.isLowerTriangular(getMatrix().getArray())) {
            throw new MalformedModelException(
                    "The file holds a matrix that is not triangular for decorrelation layer '"
                            + layer.getName()
                            + "', which learns a lower triangular one; set optTriangular to what it"
                            + " was saved with.");
        }
    }

    /** Refuses a mean that a layer would carry along without removing it. */
    private void checkLoadedMean() throws MalformedModelException {
        if (options.getMean().removal() == MeanRemoval.NONE && PlainBlocks.hasMean(layer)) {
            throw new MalformedModelException(
                    "The file holds a mean for decorrelation layer '"
                            + layer.getName()
                            + "', which removes none and so would not compute what was saved; set"
                            + " MeanRemoval.BATCH or RUNNING by optMean, since layers that are"
                            + " initialized when they are converted have NONE otherwise.");
        }
    }

    /** Returns the matrix of the layer's own arrays. */
    DecorrelationMatrix matrix() {
        if (!layer.isInitialized()) {
            throw new IllegalStateException(
                    "Decorrelation layer '" + layer.getName() + "' is not initialized yet.");
        }
        NDList arrays = new NDList();
        matrix.forEach(parameter -> arrays.add(parameter.getArray()));
        return form.binding().apply(arrays);
    }

    /** Fails if the matrix learned from what it was not to learn from. */
    void checkLearned() {
        checks.finish();
    }

    /** Returns the matrix that evaluation multiplies a row by, (n, n), an array of its own. */
    NDArray fullMatrix() {
        return ArrayScope.returning(() -> matrix().toFull().duplicate());
    }

    DecorrelationOptions getOptions() {
        return options;
    }

    Parameter getMatrix() {
        return matrix.get(0);
    }

    Parameter getRunningMean() {
        return runningMean;
    }

    double getLastGain() {
        return checks.getLastGain();
    }

    void addObserver(DecorrelationObserver observer) {
        observers.add(Objects.requireNonNull(observer, "observer"));
    }

    void removeObserver(DecorrelationObserver observer) {
        observers.remove(observer);
    }
}
