namespace MlNetNtd;

/// <summary>
/// The values of MPI's constants in one library's ABI. A handle is an integer in some libraries and a pointer in others.
/// </summary>
/// <remarks>
/// Both are passed in a full 64-bit register. On every 64-bit little-endian system, C reads an integer from the lower half of it and
/// ignores the rest.
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
