/** What is done to gradients on their way to the optimizer, whichever rule they are from. */
package org.locallearning.djl.creditassignment.optimizer;
