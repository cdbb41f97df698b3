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

import ai.djl.Model;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.translator.BaseImageTranslatorFactory;
import ai.djl.modality.cv.translator.ImageClassificationTranslator;
import ai.djl.modality.cv.translator.ImageFeatureExtractor;
import ai.djl.translate.ArgumentsUtil;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorFactory;
import ai.djl.util.Pair;
import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.Type;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Translates between images and the inputs and outputs of a model as its record describes them:
 * grey or color, size, pixel scale, and class names.
 *
 * <p>From {@link Image}, a path, a URL or a stream; to {@link Classifications} if the model has
 * classes ({@code topK} of them, 5 by default; probabilities unless {@code applySoftmax} is false),
 * or to the model's outputs as {@code float[]}. Arguments of DJL's image translators that
 * contradict the record, and invalid values of these two, throw an {@link
 * IllegalArgumentException}.
 */
public final class RecordedTranslatorFactory implements TranslatorFactory, Serializable {

    private static final long serialVersionUID = 1L;

    private static final String TOP_K = "topK";
    private static final String APPLY_SOFTMAX = "applySoftmax";
    private static final int TOP = 5;

    /** What DJL's translators take as arguments, and the record says here. */
    private static final Set<String> OF_THE_RECORD =
            Set.of(
                    "width",
                    "height",
                    "flag",
                    "pad",
                    "resize",
                    "resizeShort",
                    "centerCrop",
                    "centerFit",
                    "toTensor",
                    "normalize",
                    "range",
                    "synset",
                    "synsetUrl",
                    "synsetFileName");

    /** Creates the factory; DJL does, by its name. */
    public RecordedTranslatorFactory() {}

    /** {@inheritDoc} */
    @Override
    public Set<Pair<Type, Type>> getSupportedTypes() {
        Set<Pair<Type, Type>> types = new HashSet<>();
        types.addAll(new ToClasses(null, null).getSupportedTypes());
        types.addAll(new ToNumbers(null).getSupportedTypes());
        return types;
    }

    /** {@inheritDoc} */
    @Override
    public <I, O> Translator<I, O> newInstance(
            Class<I> input, Class<O> output, Model model, Map<String, ?> arguments)
            throws TranslateException {
        checkArguments(model, arguments);
        RecordedModel recorded;
        try {
            recorded = RecordedModel.of(model);
        } catch (IOException e) {
            throw new TranslateException(e.getMessage(), e);
        }
        ImageInput images = recorded.getInput();
        ToNumbers numbers = new ToNumbers(images);
        if (numbers.isSupported(input, output)) {
            return numbers.newInstance(input, output, model, arguments);
        }
        List<String> classes =
                recorded.getClasses()
                        .orElseThrow(
                                () ->
                                        new TranslateException(
                                                "The model "
                                                        + model.getName()
                                                        + " has no classes: take float[] as type of"
                                                        + " its output."));
        return new ToClasses(images, classes).newInstance(input, output, model, arguments);
    }

    private static void checkArguments(Model model, Map<String, ?> arguments) {
        for (String argument : new TreeSet<>(arguments.keySet())) {
            if (OF_THE_RECORD.contains(argument)) {
                throw new IllegalArgumentException(
                        String.format(
                                "The argument '%s' would change what the record of the model %s"
                                        + " says of its images and classes; leave it out, or give a"
                                        + " translator of your own by optTranslator.",
                                argument, model.getName()));
            }
        }
        Object topK = arguments.get(TOP_K);
        if (topK != null && !String.valueOf(topK).matches("0*[1-9]\\d{0,8}(\\.0+)?")) {
            throw refused(TOP_K, topK, "how many classes to give, 1 or more");
        }
        Object softmax = arguments.get(APPLY_SOFTMAX);
        if (softmax != null && !String.valueOf(softmax).matches("(?i)true|false")) {
            throw refused(APPLY_SOFTMAX, softmax, "true or false");
        }
    }

    private static IllegalArgumentException refused(String argument, Object value, String what) {
        return new IllegalArgumentException(
                String.format("The argument '%s' is %s: it says %s.", argument, value, what));
    }

    /** The translators to classes. */
    private static final class ToClasses extends BaseImageTranslatorFactory<Classifications> {

        private final ImageInput images;
        private final List<String> classes;

        ToClasses(ImageInput images, List<String> classes) {
            this.images = images;
            this.classes = classes;
        }

        @Override
        protected Translator<Image, Classifications> buildBaseTranslator(
                Model model, Map<String, ?> arguments) {
            return ImageClassificationTranslator.builder()
                    .optFlag(images.getFlag())
                    .addTransform(images)
                    .optSynset(classes)
                    .optApplySoftmax(ArgumentsUtil.booleanValue(arguments, APPLY_SOFTMAX, true))
                    .optTopK(ArgumentsUtil.intValue(arguments, TOP_K, TOP))
                    .build();
        }

        @Override
        public Class<Classifications> getBaseOutputType() {
            return Classifications.class;
        }
    }

    /** The translators to outputs as they are. */
    private static final class ToNumbers extends BaseImageTranslatorFactory<float[]> {

        private final ImageInput images;

        ToNumbers(ImageInput images) {
            this.images = images;
        }

        @Override
        protected Translator<Image, float[]> buildBaseTranslator(
                Model model, Map<String, ?> arguments) {
            return ImageFeatureExtractor.builder()
                    .optFlag(images.getFlag())
                    .addTransform(images)
                    .build();
        }

        @Override
        public Class<float[]> getBaseOutputType() {
            return float[].class;
        }
    }
}
