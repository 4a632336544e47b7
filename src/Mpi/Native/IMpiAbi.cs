namespace MlNetNtd;

/// <summary>
/// What one MPI library calls the things that MPI's functions are told: a handle is a number in some and a pointer in others.
/// </summary>
/// <remarks>
/// Both are passed as a register is wide. A number then fills the lower half of what C takes it from, on every 64-bit system
/// with the lower half first, and C looks no further.
/// </remarks>
internal interface IMpiAbi
{
    /// <summary>MPI_COMM_WORLD.</summary>
    nint World { get; }

    /// <summary>MPI_FLOAT.</summary>
    nint Float { get; }

    /// <summary>MPI_BYTE.</summary>
    nint Byte { get; }

    /// <summary>MPI_SUM.</summary>
    nint Sum { get; }

    /// <summary>MPI_ERRORS_RETURN.</summary>
    nint ErrorsReturn { get; }

    /// <summary>MPI_IN_PLACE.</summary>
    nint InPlace { get; }

    /// <summary>MPI_MAX_ERROR_STRING.</summary>
    int MaxErrorString { get; }
}
