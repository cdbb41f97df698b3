/** Tests of what is done to gradients on their way to the optimizer. */
package org.locallearning.djl.creditassignment.optimizer;
