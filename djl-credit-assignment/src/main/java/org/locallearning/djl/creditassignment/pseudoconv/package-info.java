/**
 * Pseudo-convolution: fixed noise maps and learned combinations of them in the place of kernels,
 * with the residual network that is built of it.
 */
package org.locallearning.djl.creditassignment.pseudoconv;
