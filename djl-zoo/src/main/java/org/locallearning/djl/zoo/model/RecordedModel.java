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
package org.locallearning.djl.zoo.model;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.Utils;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.locallearning.djl.creditassignment.provenance.Preprocessing;
import org.locallearning.djl.creditassignment.provenance.SavedModel;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.decorrelation.Decorrelate;
import org.locallearning.djl.zoo.network.Architecture;
import org.locallearning.djl.zoo.network.NetworkOptions;
import org.locallearning.djl.zoo.network.Networks;
import org.locallearning.djl.zoo.repository.RepositoryException;

/**
 * A saved model that its {@linkplain TrainingRecord record} describes completely: the network, its
 * input size, the preprocessing of images, and the class names.
 *
 * <p>Networks are the classifiers of {@link Networks}; {@value #FEATURES}, a dense layer with
 * logistic units; and {@value #LINEAR}, a dense layer alone.
 */
public final class RecordedModel {

    /** The name of the network of logistic units: the hidden units of a Boltzmann machine. */
    public static final String FEATURES = "rbm-features";

    /** The name of the network that is one dense layer: a whitening. */
    public static final String LINEAR = "zca-whitening";

    /** The option with the number of outputs of those two. */
    public static final String UNITS = "units";

    private static final int MOST_UNITS = 100_000;

    private final Path folder;
    private final TrainingRecord record;
    private final Shape imageShape;

    private RecordedModel(Path folder, TrainingRecord record, Shape imageShape) {
        this.folder = folder;
        this.record = record;
        this.imageShape = imageShape;
    }

    /**
     * Opens a saved model, and checks that its parameters are those of its record and of the
     * network that the record names. Nothing is loaded yet.
     *
     * @param folder the folder
     * @param name the name of its files, without {@code -0000.params}
     * @return the model
     * @throws RepositoryException if a file is missing or cannot be read, or if the files do not
     *     fit each other or are damaged, in one sentence that names file and reason
     * @throws IOException if a file cannot be read
     */
    public static RecordedModel open(Path folder, String name) throws IOException {
        RecordedModel model = read(folder, name);
        ParameterFile.check(
                folder.resolve(model.record.file().name()), model.newBlock(), model.imageShape);
        return model;
    }

    /**
     * Checks that a block of the caller's, which was loaded from this model's parameters, has taken
     * all of them: DJL reads as many as a block has, and leaves the rest.
     *
     * @param block the block, loaded
     * @throws IllegalArgumentException if the file has more than the block took
     * @throws IOException if the file cannot be read
     */
    public void checkLoaded(Block block) throws IOException {
        ParameterFile.checkTaken(folder.resolve(record.file().name()), block, imageShape);
    }

    /** Finds the record of a model that was opened before it was loaded. */
    static RecordedModel of(Model model) throws IOException {
        return read(model.getModelPath(), model.getName());
    }

    private static RecordedModel read(Path folder, String name) throws IOException {
        try {
            TrainingRecord record = SavedModel.check(folder, name);
            RecordedModel model = new RecordedModel(folder, record, imageShape(record));
            // what the record names is there
            model.newBlock();
            // DJL takes the file of that name with the greatest number
            if (!record.file().name().equals(name + "-0000.params")
                    || Utils.getCurrentEpoch(folder, name) != 0) {
                throw new IllegalArgumentException(
                        "DJL would load other parameters than those that it is about");
            }
            return model;
        } catch (NoSuchFileException e) {
            throw new RepositoryException(
                    e.getFile()
                            + " is missing: copy it from where the model was saved, or ask for the"
                            + " model by the name of its files (optModelName).",
                    e);
        } catch (FileSystemException e) {
            throw RepositoryException.unreadable(e.getFile(), e);
        } catch (MalformedModelException e) {
            throw new RepositoryException(e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new RepositoryException(
                    String.format(
                            Locale.ROOT,
                            "%s does not describe a model of this zoo (%s); take it from where the"
                                    + " model was saved.",
                            folder.resolve(name + ".json"),
                            e.getMessage()),
                    e);
        }
    }

    private static Shape imageShape(TrainingRecord record) {
        List<List<Long>> shapes = record.model() == null ? null : record.model().inputShapes();
        if (shapes == null || shapes.size() != 1 || shapes.get(0).size() != 3) {
            throw new IllegalArgumentException(
                    "its input is not one image of channels, height and width");
        }
        Shape shape = new Shape(shapes.get(0));
        Preprocessing preprocessing = record.data() == null ? null : record.data().preprocessing();
        if (preprocessing == null || preprocessing.means().size() != shape.get(0)) {
            throw new IllegalArgumentException(
                    "it does not say what becomes of each channel of an image, as where images were"
                            + " whitened or their contrast normalized in training");
        }
        for (long size : shape.getShape()) {
            if (size < 1 || size > 10_000) {
                throw new IllegalArgumentException("its input has the shape " + shape);
            }
        }
        Integer side = preprocessing.wholeSide();
        if (side != null && (side < shape.get(1) || side < shape.get(2))) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "its input %s is the centre of images of %d pixels a side",
                            shape,
                            side));
        }
        return shape;
    }

    /**
     * Creates the network, without parameters. Decorrelation layers are folded, so it consists of
     * DJL's blocks, except for networks with layers that DJL does not have.
     *
     * @return a new block, not yet initialized
     * @throws IllegalArgumentException if the record does not name a classifier of this zoo, or one
     *     of the two dense layers
     */
    public Block newBlock() {
        String name = record.model().name();
        Map<String, String> options =
                record.model().options() == null ? Map.of() : record.model().options();
        if (FEATURES.equals(name)) {
            return dense(options).add(Activation::sigmoid);
        }
        if (LINEAR.equals(name)) {
            return dense(options);
        }
        if (name == null || record.model().classes() == null) {
            throw new IllegalArgumentException("it does not name its network and its classes");
        }
        Architecture architecture = Networks.named(name);
        if (!architecture.getTask().hasAccuracy()) {
            throw new IllegalArgumentException(
                    "its network " + name + " puts out images, and not one of its classes");
        }
        Block network =
                architecture.create(
                        NetworkOptions.of(options), imageShape, record.model().classes().size());
        return hasBlocksOfFolding(network) ? folded(network) : network;
    }

    /** Whether the record lists more blocks: those that folding adds before padded convolutions. */
    private boolean hasBlocksOfFolding(Block network) {
        return record.training() != null
                && record.training().decorrelation() != null
                && !record.training().decorrelation().isEmpty()
                && record.model().blocks() != null
                && record.model().blocks().size() > count(network);
    }

    private static int count(Block block) {
        return 1 + block.getChildren().values().stream().mapToInt(RecordedModel::count).sum();
    }

    /** The form of a network that had decorrelation layers, which are folded. */
    private Block folded(Block network) {
        Block decorrelated = Decorrelate.model(network);
        // a mean of 0 is none to remove
        decorrelated.setInitializer(Initializer.ONES, parameter -> true);
        try (NDManager manager = NDManager.newBaseManager()) {
            decorrelated.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(imageShape));
            Block folded = Decorrelate.fold(decorrelated);
            folded.clear();
            return folded;
        }
    }

    private SequentialBlock dense(Map<String, String> options) {
        String chosen = options.getOrDefault(UNITS, "0");
        int units = chosen.matches("\\d{1,9}") ? Integer.parseInt(chosen) : 0;
        if (units < 1 || units > MOST_UNITS) {
            throw new IllegalArgumentException("it has " + chosen + " outputs");
        }
        if (record.model().classes() != null) {
            throw new IllegalArgumentException(
                    "it names classes, which the network " + record.model().name() + " has not");
        }
        return new SequentialBlock()
                .add(Blocks.batchFlattenBlock(imageShape.size()))
                .add(Linear.builder().setUnits(units).build());
    }

    /**
     * Returns the record.
     *
     * @return how the model was trained
     */
    public TrainingRecord getRecord() {
        return record;
    }

    /**
     * Returns the shape of an image, as the model takes it.
     *
     * @return the shape (channels, height, width)
     */
    public Shape getImageShape() {
        return imageShape;
    }

    /**
     * Returns the names of the classes.
     *
     * @return the names, in the order of their indices, or empty for a model that has none
     */
    public Optional<List<String>> getClasses() {
        return Optional.ofNullable(record.model().classes());
    }

    /**
     * Returns what becomes of an image.
     *
     * @return the transform
     */
    public ImageInput getInput() {
        return new ImageInput(imageShape, record.data().preprocessing());
    }

    /** Returns where the model is and what it is called. */
    @Override
    public String toString() {
        return folder.resolve(record.file().name()).toString();
    }
}
