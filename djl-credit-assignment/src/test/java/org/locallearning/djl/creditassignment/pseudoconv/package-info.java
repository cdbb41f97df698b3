/** Tests of pseudo-convolution and the network that is built of it. */
package org.locallearning.djl.creditassignment.pseudoconv;
