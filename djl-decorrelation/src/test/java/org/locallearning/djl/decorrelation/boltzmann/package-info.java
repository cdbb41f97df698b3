/** Tests of the Boltzmann machines. */
package org.locallearning.djl.decorrelation.boltzmann;
