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
 * Random crops, flips, shifts and distortions of training images, drawn for each image by itself.
 *
 * <p>DJL's transforms see a whole batch of an {@link ai.djl.training.dataset.ArrayDataset} at once,
 * so a random one does the same to all its images, and {@code RandomFlipLeftRight} and {@code
 * RandomFlipTopBottom} do nothing at all. Here a {@link
 * org.locallearning.djl.zoo.augmentation.SpatialTransform} says for one image which pixel goes
 * where, and a {@link org.locallearning.djl.zoo.augmentation.TransformedDataset} applies it to
 * every image of a batch:
 *
 * <pre>{@code
 * RandomAccessDataset training =
 *         TransformedDataset.builder()
 *                 .setImages(images) // an ArrayDataset of uint8 (N, C, H, W)
 *                 .setTransform(new RandomCrop(32, 4).andThen(new RandomHorizontalFlip()))
 *                 .setSampling(256, true)
 *                 .build();
 * }</pre>
 */
package org.locallearning.djl.zoo.augmentation;
