/** Tests of the trainer and of what every rule has to keep to. */
package org.locallearning.djl.creditassignment;
