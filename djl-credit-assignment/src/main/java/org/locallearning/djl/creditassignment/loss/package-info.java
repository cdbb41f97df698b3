/** The losses of single samples, for rules that need one number per sample instead of the mean. */
package org.locallearning.djl.creditassignment.loss;
