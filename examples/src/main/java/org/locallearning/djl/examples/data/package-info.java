/**
 * The data sets of the experiments, behind one interface: digits that the program draws itself, and
 * MNIST, Fashion-MNIST and CIFAR-10 through DJL's own loaders.
 *
 * <p>{@link org.locallearning.djl.examples.data.DataSets#load DataSets.load} is the way in. Data of
 * two different repositories never share a cache entry, and damaged or missing files are refused
 * with a {@link org.locallearning.djl.examples.data.DataRepositoryException}.
 */
package org.locallearning.djl.examples.data;
