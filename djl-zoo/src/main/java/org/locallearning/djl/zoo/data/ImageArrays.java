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
package org.locallearning.djl.zoo.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Sampler;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.locallearning.djl.decorrelation.internal.DeviceArrays;
import org.locallearning.djl.decorrelation.internal.Digest;
import org.locallearning.djl.decorrelation.internal.HostValues;

/** The images of one part of a data set: pixels uint8 (N, C, H, W) and labels int64 (N). */
record ImageArrays(NDArray pixels, NDArray labels) {

    /** How many images are digested at a time. */
    private static final int DIGESTED = 1000;

    static ImageArrays of(LabelledImages images, NDManager manager) {
        long[] labels = new long[images.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = images.labels()[i] & 0xff;
        }
        Shape shape = new Shape(images.size()).addAll(images.shape());
        return new ImageArrays(
                DeviceArrays.kept(
                        manager.create(ByteBuffer.wrap(images.pixels()), shape, DataType.UINT8)),
                DeviceArrays.kept(manager.create(labels)));
    }

    /** Digests pixels and labels, each of one byte, image by image. */
    String sha256() {
        MessageDigest digest = Digest.SHA_256.start();
        long images = labels.size();
        long[] classes = HostValues.longs(labels);
        for (long begin = 0; begin < images; begin += DIGESTED) {
            long end = Math.min(images, begin + DIGESTED);
            try (NDArray some = pixels.get(new NDIndex("{}:{}", begin, end))) {
                byte[] bytes = HostValues.bytes(some);
                int length = bytes.length / (int) (end - begin);
                for (long i = begin; i < end; i++) {
                    digest.update(bytes, (int) (i - begin) * length, length);
                    digest.update((byte) classes[(int) i]);
                }
            }
        }
        return Digest.digits(digest.digest());
    }

    ArrayDataset.Builder builder(Sampler sampler) {
        return new ArrayDataset.Builder().setData(pixels).optLabels(labels).setSampling(sampler);
    }
}
