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
 * The data sets of the experiments, behind one interface: digits that the program draws itself;
 * MNIST, Fashion-MNIST and CIFAR-10 from DJL's repositories; and CIFAR-100, SVHN and Tiny ImageNet,
 * which DJL does not have, from the files that their authors publish.
 *
 * <p>Files are read up to what their format and data set allow and no further, whatever they unpack
 * to. DJL's own loaders skip the files' headers, believe the names in the metadata and unpack
 * without a bound, so none is used.
 *
 * <p>{@link org.locallearning.djl.zoo.data.DataSets#load DataSets.load} is the way in. Data of two
 * different repositories never share a cache entry, and damaged or missing files are refused with a
 * {@link org.locallearning.djl.zoo.repository.RepositoryException}.
 */
package org.locallearning.djl.zoo.data;
