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
package org.locallearning.djl.creditassignment.rule;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Convolution;
import ai.djl.training.loss.Loss;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.locallearning.djl.creditassignment.CreditAssigner;
import org.locallearning.djl.creditassignment.NonFiniteLossException;
import org.locallearning.djl.creditassignment.OwnLoss;
import org.locallearning.djl.creditassignment.device.DeviceRounding;
import org.locallearning.djl.creditassignment.internal.Autograd;
import org.locallearning.djl.creditassignment.loss.SampleLoss;
import org.locallearning.djl.creditassignment.tape.BlockTrace;
import org.locallearning.djl.creditassignment.tape.Layer;
import org.locallearning.djl.creditassignment.tape.Tape;
import org.locallearning.djl.decorrelation.internal.BlockPath;
import org.locallearning.djl.decorrelation.internal.HostNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Node perturbation at work in one trainer. */
final class PerturbationAssigner implements CreditAssigner {

    private static final Logger logger = LoggerFactory.getLogger(PerturbationAssigner.class);

    private final NodePerturbation rule;
    private final SampleLoss loss;
    private final OwnLoss meanLoss;
    private boolean checked;

    /** Perturbs by the loss of the trainer. */
    PerturbationAssigner(NodePerturbation rule, Loss loss) {
        this(rule, SampleLoss.of(loss), OwnLoss.ofTrainer(loss));
    }

    /** Perturbs by a loss of samples that the rule was given. */
    PerturbationAssigner(NodePerturbation rule, SampleLoss loss) {
        this(
                rule,
                loss,
                new OwnLoss(
                        "the mean of its own loss of samples (optSampleLoss)",
                        (labels, predictions) -> losses(loss, labels, predictions).mean(),
                        true));
    }

    private PerturbationAssigner(NodePerturbation rule, SampleLoss loss, OwnLoss meanLoss) {
        this.rule = rule;
        this.loss = loss;
        this.meanLoss = meanLoss;
    }

    /** {@inheritDoc} */
    @Override
    public boolean needsRerun() {
        return true;
    }

    /** {@inheritDoc} */
    @Override
    public Optional<OwnLoss> getOwnLoss() {
        return Optional.of(meanLoss);
    }

    /** {@inheritDoc} */
    @Override
    public boolean checksNumbers() {
        return true;
    }

    private static long samples(Shape prediction) {
        if (prediction.dimension() == 0) {
            throw new IllegalArgumentException(
                    "Node perturbation needs predictions with the samples in front, but the model"
                            + " puts out a single number.");
        }
        return prediction.get(0);
    }

    private static NDArray losses(SampleLoss loss, NDList labels, NDList predictions) {
        long samples = samples(predictions.head().getShape());
        NDArray losses = loss.evaluate(labels, predictions);
        if (!losses.getShape().equals(new Shape(samples))) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "The SampleLoss gave an array of shape %s for %d samples; it has to give"
                                    + " one number per sample.",
                            losses.getShape(),
                            samples));
        }
        return losses;
    }

    /**
     * Warns where losses are so large that their rounding drowns what noise changes, as in a
     * regression to labels of 1e5.
     */
    private void warnOfRoundedLosses(Batch batch) {
        DataType type = batch.factorType();
        double[] sizes = batch.sizesOfLosses();
        double cosine = RoundingNoise.cosineOfLosses(DeviceRounding.unit(type), sizes[0], sizes[1]);
        if (cosine < RoundingNoise.NOTICEABLE) {
            logger.warn(
                    "Noise changes the losses of samples by {} where they are of size {}, so that"
                            + " rounding in {} turns the gradients: their cosine to exact ones is"
                            + " about {}. Scale labels and predictions to a size of about 1, or"
                            + " take more noise with optNoiseScale, or float64.",
                    String.format(Locale.ROOT, "%.1e", sizes[1]),
                    String.format(Locale.ROOT, "%.1e", sizes[0]),
                    type.name().toLowerCase(Locale.ROOT),
                    String.format(Locale.ROOT, "%.2f", cosine));
        }
    }

    /** {@inheritDoc} */
    @Override
    public void assign(Tape tape, NDList errors) {
        boolean isFirst = !checked;
        if (isFirst) {
            warnOfRounding(tape);
            checked = true;
        }
        Autograd.withoutRecording(
                () -> {
                    Batch batch = new Batch(tape, isFirst);
                    batch.perturb();
                    if (isFirst) {
                        warnOfUnits(batch.units());
                        warnOfRoundedLosses(batch);
                    }
                    batch.addGradients();
                    return null;
                });
    }

    private void warnOfRounding(Tape tape) {
        NDArray prediction = tape.getPredictions().head();
        DeviceRounding rounding =
                DeviceRounding.measure(prediction.getDevice(), prediction.getDataType());
        boolean convolves =
                tape.getLayers().stream()
                        .anyMatch(layer -> layer.getLayer().block() instanceof Convolution);
        double unit = rounding.unit(convolves);
        double cosine = RoundingNoise.cosine(unit, rule.noiseScale());
        if (cosine < RoundingNoise.NEGLIGIBLE) {
            logger.warn(
                    "At a noise scale of {} rounding in {} turns the gradients: their cosine to"
                            + " exact ones is about {}; a scale of {} is large enough{}.",
                    rule.noiseScale(),
                    rounding,
                    String.format(Locale.ROOT, "%.4f", cosine),
                    String.format(Locale.ROOT, "%.0e", RoundingNoise.sufficientScale(unit)),
                    unit == DeviceRounding.unit(rounding.type())
                            ? ""
                            : ", and so is this one with NVIDIA_TF32_OVERRIDE=0 in the environment,"
                                    + " if "
                                    + rounding.device()
                                    + " computes in TF32");
        }
    }

    private static void warnOfUnits(long units) {
        double cosine = UnitNoise.cosine(units);
        if (cosine < UnitNoise.LEAST) {
            logger.warn(
                    "Node perturbation changes {} outputs of every sample at once and learns one"
                            + " number from it: its gradients have a cosine of about {} to exact"
                            + " ones and are about {} times as long. At a usual learning rate the"
                            + " loss may rise, with Adam too, whose steps do not get smaller with"
                            + " that; take about {} of it with Adam and {} with gradient descent, or"
                            + " freeze layers, which are then not perturbed.",
                    units,
                    String.format(Locale.ROOT, "%.1g", cosine),
                    Math.round(1 / cosine),
                    String.format(Locale.ROOT, "%.0e", cosine),
                    String.format(Locale.ROOT, "%.0e", cosine * cosine));
        }
    }

    /** {@inheritDoc} */
    @Override
    public String describeUnknownBlock(List<Layer> inner) {
        return "one unit, whose outputs are perturbed; backpropagated through inside";
    }

    /** {@inheritDoc} */
    @Override
    public String describeFeedback(Layer layer) {
        return "no error is sent: its outputs are perturbed";
    }

    /**
     * One batch: {@code δ_l,n = f_n v_l,n} with a direction {@code v} for every output of a block,
     * and one factor {@code f} for every sample.
     */
    private final class Batch {

        private final Tape tape;
        private final NDManager manager;
        private final boolean isFirst;
        private final long samples;
        private final Map<BlockTrace, NDList> noises = new LinkedHashMap<>();
        private Map<BlockTrace, NDList> directions = new LinkedHashMap<>();
        private NDArray factor;
        private NDArray squaredLosses;
        private NDArray squaredChanges;

        Batch(Tape tape, boolean isFirst) {
            this.tape = tape;
            this.isFirst = isFirst;
            manager = tape.getManager();
            samples = samples(tape.getPredictions().head().getShape());
        }

        void perturb() {
            NDArray change = losses(tape.rerun(this::addNoise));
            squaredLosses = isFirst ? meanSquare(change) : null;
            if (rule.isAntithetic()) {
                Map<BlockTrace, NDList> forth = directions;
                directions = new LinkedHashMap<>();
                HostNumber.divi(change.subi(losses(tape.rerun(this::subtractNoise))), 2);
                directions.forEach((block, back) -> mirror(back, forth.get(block)));
            } else {
                change.subi(losses(tape.getPredictions()));
            }
            checkFinite(change);
            squaredChanges = isFirst ? meanSquare(change) : null;
            if (rule.mode() == NodePerturbation.Mode.NP) {
                directions = noises;
                factor = HostNumber.divi(change, samples * rule.noiseScale() * rule.noiseScale());
            } else {
                factor = HostNumber.muli(change, (double) units() / samples).divi(squaredLengths());
            }
        }

        void addGradients() {
            directions.forEach(
                    (block, direction) -> {
                        for (NDArray part : direction) {
                            if (isContinuous(part)) {
                                part.muli(factor.reshape(perSample(part)));
                            }
                        }
                        block.addGradients(direction);
                        direction.close();
                    });
        }

        private NDList addNoise(BlockTrace block, NDList outputs) {
            NDList noise = new NDList(outputs.size());
            NDList noisy = new NDList(outputs.size());
            for (NDArray output : outputs) {
                checkSamples(block, output);
                NDArray drawn =
                        isContinuous(output)
                                ? rule.drawNoise(block, output, manager)
                                : output.zerosLike();
                noise.add(drawn);
                noisy.add(output.add(drawn));
            }
            noise.attach(manager);
            noises.put(block, noise);
            measure(block, noisy);
            return noisy;
        }

        private NDList subtractNoise(BlockTrace block, NDList outputs) {
            NDList noisy = new NDList(outputs.size());
            for (int i = 0; i < outputs.size(); i++) {
                noisy.add(outputs.get(i).sub(noises.get(block).get(i)));
            }
            measure(block, noisy);
            return noisy;
        }

        /** Measures the difference between a block's outputs and those of the clean run. */
        private void measure(BlockTrace block, NDList noisy) {
            if (rule.mode() == NodePerturbation.Mode.ANP) {
                NDList differences = new NDList(noisy.size());
                for (int i = 0; i < noisy.size(); i++) {
                    differences.add(noisy.get(i).sub(block.getOutputs().get(i)));
                }
                differences.attach(manager);
                directions.put(block, differences);
            }
        }

        /** Makes half the way from where one run went to where the other did. */
        private void mirror(NDList back, NDList forth) {
            for (int i = 0; i < back.size(); i++) {
                if (isContinuous(back.get(i))) {
                    HostNumber.divi(back.get(i).subi(forth.get(i)), -2);
                }
            }
            forth.close();
        }

        /** The number of perturbed units of a sample. */
        private long units() {
            return directions.values().stream()
                            .flatMap(NDList::stream)
                            .filter(PerturbationAssigner::isContinuous)
                            .mapToLong(NDArray::size)
                            .sum()
                    / samples;
        }

        /** The squared length of each sample's way, never zero. */
        private NDArray squaredLengths() {
            NDArray sum = manager.zeros(new Shape(samples), factorType());
            for (NDList direction : directions.values()) {
                for (NDArray part : direction) {
                    if (isContinuous(part)) {
                        NDArray squares = part.square().reshape(samples, -1);
                        sum.addi(squares.sum(new int[] {1}));
                        squares.close();
                    }
                }
            }
            return HostNumber.maximum(sum, Float.MIN_NORMAL);
        }

        /** Returns the sizes of losses, and of what the noise changed them by. */
        double[] sizesOfLosses() {
            double[] squares = tape.readNumbers(new NDList(squaredLosses, squaredChanges));
            return Arrays.stream(squares).map(Math::sqrt).toArray();
        }

        private NDArray meanSquare(NDArray losses) {
            return losses.toType(DataType.FLOAT64, true).square().mean();
        }

        private DataType factorType() {
            return tape.getPredictions().head().getDataType();
        }

        private NDArray losses(NDList predictions) {
            NDList labels = tape.getLabels().orElseGet(NDList::new);
            // a penalty makes its arrays with the manager of the weights
            try (NDManager scope = manager.newSubManager();
                    NDScope made = new NDScope()) {
                made.suppressNotUsedWarning();
                // a loss may change what it gets in place
                NDArray losses =
                        PerturbationAssigner.losses(
                                loss,
                                Autograd.copies(labels, scope),
                                Autograd.copies(predictions, scope));
                losses.attach(manager);
                NDScope.unregister(losses);
                return losses;
            }
        }

        private void checkSamples(BlockTrace block, NDArray output) {
            Shape shape = output.getShape();
            if (shape.dimension() == 0 || shape.get(0) != samples) {
                throw new IllegalArgumentException(
                        String.format(
                                Locale.ROOT,
                                "Node perturbation cannot tell the samples of %s apart: its output"
                                        + " %s does not begin with the %d samples of the"
                                        + " predictions.",
                                BlockPath.display(block.getPath()),
                                shape,
                                samples));
            }
        }

        private void checkFinite(NDArray change) {
            try (NDArray total = change.sum()) {
                tape.expect(
                        total,
                        sum -> {
                            if (!Double.isFinite(sum[0])) {
                                throw new NonFiniteLossException(
                                        String.format(
                                                "The loss of the clean run is finite but that of"
                                                        + " the noisy run is not; the noise scale"
                                                        + " of %s is too large for this network.",
                                                rule.noiseScale()));
                            }
                        });
            }
            tape.checkNumbers();
        }

        private Shape perSample(NDArray part) {
            long[] shape = new long[part.getShape().dimension()];
            Arrays.fill(shape, 1);
            shape[0] = samples;
            return new Shape(shape);
        }
    }

    private static boolean isContinuous(NDArray array) {
        return array.getDataType().isFloating();
    }
}
