/** Tests of the losses of single samples. */
package org.locallearning.djl.creditassignment.loss;
