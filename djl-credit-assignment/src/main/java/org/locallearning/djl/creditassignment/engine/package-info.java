/** The PyTorch engine's own means, where DJL's interface has none. */
package org.locallearning.djl.creditassignment.engine;
