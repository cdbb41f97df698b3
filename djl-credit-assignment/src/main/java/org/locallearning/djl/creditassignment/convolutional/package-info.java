/** Layers with the receptive fields of a convolution and without its shared weights. */
package org.locallearning.djl.creditassignment.convolutional;
