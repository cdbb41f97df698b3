/** Transforms of images that are fitted on a training set and saved with the model. */
package org.locallearning.djl.creditassignment.transform;
